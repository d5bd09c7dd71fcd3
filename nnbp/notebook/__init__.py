"""Pictures for people: how a training, a model, an evaluation and a network look in a notebook.

Only the `_repr_html_` methods of these classes use this package. The HTML has no scripts and no external
parts, is at most 60 kB, and uses the notebook's text colour, so that it works in light and dark themes.
"""
