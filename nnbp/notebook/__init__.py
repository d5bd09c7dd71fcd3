"""Pictures for people: how a training, a model, an evaluation and a network look in a notebook.

`_repr_html_` of these classes comes here, and nothing else does. The HTML has no scripts and no external
parts, is at most 60 kB, and takes the notebook's text colour, so that light and dark themes can show it.
"""
