"""Small mistakes in C: one token of a source file changed, or one statement left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The first alternative that matches wins: what is skipped, then words, numbers, and operators, longest first.
TOKEN = re.compile(
    r"(?P<skip>/\*.*?\*/|//[^\n]*|\s+|\\\n|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
    r"|\#[ \t]*(?:if|ifdef|ifndef|elif|else|endif|include|undef)\b(?:\\\n|[^\n])*"
    r"|\#[ \t]*define[ \t]+\w+(?:\([^)]*\))?|_Pragma|_Static_assert\([^\n]*;)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<number>0[xX][0-9a-fA-F]+[uUlL]*|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?[fFuUlL]*)"
    r"|(?P<operator><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:;,.(){}\[\]])",
    re.DOTALL,
)

INSTEAD = {
    "+": ["-"],
    "-": ["+"],
    "*": ["/"],
    "/": ["*"],
    "%": ["*"],
    "<": ["<=", ">"],
    "<=": ["<", ">"],
    ">": [">=", "<"],
    ">=": [">", "<"],
    "==": ["!="],
    "!=": ["=="],
    "&&": ["||"],
    "||": ["&&"],
    "&": ["|"],
    "|": ["&"],
    "<<": [">>"],
    ">>": ["<<"],
    "+=": ["-=", "="],
    "-=": ["+="],
    "*=": ["/=", "="],
    "/=": ["*="],
    "++": ["--"],
    "--": ["++"],
    "!": [""],
    "~": [""],
    "true": ["false"],
    "false": ["true"],
    "break": ["continue"],
    "continue": ["break"],
}
OPENS, CLOSES = "([{", ")]}"


@dataclass(frozen=True)
class Token:
    """A word, number or operator, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the token ends."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Mutant:
    """A source file with the text from `start` to `end` replaced."""

    file: str
    start: int
    end: int
    text: str
    source: str

    @property
    def name(self) -> str:
        """Where it is, and what it changes."""
        return f"{self.file} {self.start}-{self.end} {self.text.strip()}"

    @property
    def mutated(self) -> str:
        """The whole file, with the mistake."""
        return self.source[: self.start] + self.text + self.source[self.end :]

    @property
    def line(self) -> int:
        """The number of the line that the mistake begins in."""
        return self.source.count("\n", 0, self.start) + 1

    @property
    def changed(self) -> str:
        """The changed lines, as one; of a statement left out, the statement."""
        if not self.text.strip() and self.source[self.end] == ";":
            return f"without {' '.join(self.source[self.start : self.end].split())};"
        first = self.source.rfind("\n", 0, self.start) + 1
        last = self.source.find("\n", self.end)
        whole = self.source[first : self.start] + self.text + self.source[self.end : last]
        return " ".join(whole.replace("\\\n", " ").split())


def tokens(source: str) -> list[Token]:
    """The tokens of a file, without comments, strings, and directives that are not definitions."""
    found, at = [], 0
    while at < len(source):
        match = TOKEN.match(source, at)
        if match is None:
            raise ValueError(f"{source[at : at + 20]!r} is not C")
        if match.lastgroup != "skip":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return found


def mutants(file: str, source: str) -> list[Mutant]:
    """All mutants of a file; some of them do not compile."""
    found = tokens(source)
    changes = [*_replaced(found), *_left_out(found)]
    return [Mutant(file, start, end, text, source) for start, end, text in changes]


def _replaced(found: list[Token]) -> Iterator[tuple[int, int, str]]:
    for token in found:
        instead = _numbers(token.text) if token.kind == "number" else INSTEAD.get(token.text, [])
        for text in instead:
            # Spaces, so that no two operators become one.
            yield token.start, token.end, f" {text} " if token.kind == "operator" else text


def _numbers(text: str) -> list[str]:
    suffix = re.search(r"[fFuUlL]*$", text)
    if text.lower().startswith("0x"):
        return [f"({text} + 1)", f"({text} - 1)"]
    number = text[: suffix.start()] if suffix else text
    value = float(number)
    if value == 0:
        return [text.replace("0", "1", 1)]
    if value == 1:
        return [text.replace("1", "0", 1), text.replace("1", "2", 1)]
    return [f"({text} + 1)", f"({text} - 1)"] if number.isdigit() else [f"({text} * 1.01f)"]


def _left_out(found: list[Token]) -> Iterator[tuple[int, int, str]]:
    """Each statement that is an assignment, a call, or a jump; its semicolon stays."""
    start, depth = 0, 0
    for at, token in enumerate(found):
        depth += (token.text in "([" and token.kind == "operator") - (
            token.text in ")]" and token.kind == "operator"
        )
        ends_control = (
            token.text == ")" and depth == 0 and found[start].text in ("if", "for", "while", "switch")
        )
        if ends_control or (token.text in ("{", "}", "else", ":") and depth == 0):
            start = at + 1
        elif token.text == ";" and depth == 0:
            if at > start:
                yield found[start].start, token.start, ""
            start = at + 1
