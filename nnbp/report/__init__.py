"""`nnbp report`: one or more models as a self-contained HTML page."""
