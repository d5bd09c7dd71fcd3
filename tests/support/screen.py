"""A terminal that understands just what the program uses."""


class Screen:
    """What stands on a terminal with this many rows, and above it; no line is wrapped."""

    def __init__(self, height: int = 1000) -> None:
        self.height = height
        self._lines = [""]
        self._row = self._column = 0

    @property
    def lines(self) -> list[str]:
        """All lines, including those that have been scrolled off."""
        return [line.rstrip() for line in self._lines]

    def write(self, text: str) -> None:
        """Text and escape sequences."""
        i = 0
        while i < len(text):
            if text.startswith("\x1b[", i):
                end = next(j for j in range(i + 2, len(text)) if text[j].isalpha())
                number = text[i + 2 : end]
                self._escape(text[end], int(number) if number.isdecimal() else 1)
                i = end + 1
                continue
            self._character(text[i])
            i += 1

    def flush(self) -> None:
        """Nothing is kept back."""

    def _top(self) -> int:
        return max(len(self._lines) - self.height, 0)

    def _character(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._row, self._column = self._row + 1, 0
        else:
            line = self._lines[self._row]
            before, after = line[: self._column].ljust(self._column), line[self._column + 1 :]
            self._lines[self._row] = before + character + after
            self._column += 1
        self._lines += [""] * (self._row + 1 - len(self._lines))

    def _escape(self, action: str, count: int) -> None:
        if action == "A":
            self._row = max(self._row - count, self._top())
        elif action == "B":
            self._row = min(self._row + count, self._top() + self.height - 1)
            self._lines += [""] * (self._row + 1 - len(self._lines))
        elif action in "JK":
            self._lines[self._row] = self._lines[self._row][: self._column]
            if action == "J":
                # The screen stays where it is.
                self._lines[self._row + 1 :] = [""] * len(self._lines[self._row + 1 :])
        elif action == "L":
            top = self._top()
            self._lines[self._row : self._row] = [""] * count
            del self._lines[max(top + self.height, self._row + count) :]
