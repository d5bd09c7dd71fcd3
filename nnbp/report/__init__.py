"""`nnbp report`: one or more models as a self-contained HTML page."""

from nnbp import lazy

# Not from typing, whose import takes longer than this one.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from nnbp.report.page import html as html
    from nnbp.report.subject import Images as Images
    from nnbp.report.subject import Shown as Shown

__getattr__, __dir__, __all__ = lazy.names(__name__, {"page": ["html"], "subject": ["Shown", "Images"]})
