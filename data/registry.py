"""The built-in data sets: where their files are, and the SHA-256 that each file must have to be trusted."""

from dataclasses import dataclass
from typing import NamedTuple

from nnbp.data.errors import UnknownDatasetError
from nnbp.data.idx import IMAGES, LABELS


class Shape(NamedTuple):
    """The inputs and the outputs that a network for the data set needs."""

    pixels: int
    classes: int


@dataclass(frozen=True)
class File:
    """One IDX file: MNIST's name for it, its dimensions, SHA-256 and bytes of the file as it is stored."""

    name: str
    dimensions: int
    sha256: str
    size: int


@dataclass(frozen=True)
class Entry:
    """A data set; its files are training images, training labels, test images, test labels.

    The cache stores the bytes whose hashes are pinned: archives if `packed`, otherwise their content.
    """

    name: str
    files: tuple[File, File, File, File]
    image_shape: tuple[int, int]
    classes: int
    train_examples: int
    test_examples: int
    licence: str
    mirrors: tuple[str, ...] = ()  # base URLs of `<file name>.gz`; none if the files come with nnbp
    packed: bool = False

    @property
    def pixels(self) -> int:
        """Pixels of an image: rows times columns."""
        return self.image_shape[0] * self.image_shape[1]

    @property
    def shape(self) -> Shape:
        """Pixels and classes."""
        return Shape(self.pixels, self.classes)

    @property
    def bundled(self) -> bool:
        """Whether the files come with nnbp."""
        return not self.mirrors

    def stored_name(self, file: File) -> str:
        """The file's name in the cache."""
        return f"{file.name}.gz" if self.packed else file.name


FILE_NAMES = (
    ("train-images-idx3-ubyte", IMAGES),
    ("train-labels-idx1-ubyte", LABELS),
    ("t10k-images-idx3-ubyte", IMAGES),
    ("t10k-labels-idx1-ubyte", LABELS),
)


def pinned(*hashes_and_sizes: tuple[str, int]) -> tuple[File, File, File, File]:
    """The four files, from (SHA-256, bytes) of each."""
    files = zip(FILE_NAMES, hashes_and_sizes, strict=True)
    a, b, c, d = (File(name, dimensions, *pin) for (name, dimensions), pin in files)
    return a, b, c, d


# The gzip headers of MNIST's archives differ from mirror to mirror; their content does not.
MNIST = Entry(
    name="mnist",
    files=pinned(
        ("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 47_040_016),
        ("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 60_008),
        ("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 7_840_016),
        ("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 10_008),
    ),
    image_shape=(28, 28),
    classes=10,
    train_examples=60_000,
    test_examples=10_000,
    licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes, from NIST data",
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
)

# Hashes and sizes of the archives as Zalando published them (github.com/zalandoresearch/fashion-mnist).
FASHION_MNIST = Entry(
    name="fashion-mnist",
    files=pinned(
        ("3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880),
        ("a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
        ("346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
        ("67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
    ),
    image_shape=(28, 28),
    classes=10,
    train_examples=60_000,
    test_examples=10_000,
    licence="MIT, Zalando SE",
    mirrors=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/",),
    packed=True,
)

# Made from MNIST as sample/README.md describes.
SAMPLE = Entry(
    name="sample",
    files=pinned(
        ("0847119ea48d746b5be423e4f53dda06b5fdef7247a8ab4f628b4d0c7c88d427", 1_565_731),
        ("251abe65a11385dd9d10a17c2fb40a21f339b89b6955c15bb18297e16b8c5094", 5_094),
        ("21975b872a7f02dcad2075e764a44f64c147020929d92cd0fb8da555a730017a", 320_039),
        ("6fb827417518d943611b31c7b601f2180323466786e2fc4cc87d2705a9af3fa7", 1_015),
    ),
    image_shape=(28, 28),
    classes=10,
    train_examples=10_000,
    test_examples=2_000,
    licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes, from NIST data",
    packed=True,
)

REGISTRY: dict[str, Entry] = {entry.name: entry for entry in (MNIST, FASHION_MNIST, SAMPLE)}


def names() -> tuple[str, ...]:
    """The names of the built-in data sets, which `load` accepts in addition to folders."""
    return tuple(REGISTRY)


def find(name: str) -> Entry:
    """The entry with this name; raises UnknownDatasetError."""
    try:
        return REGISTRY[name]
    except KeyError:
        raise unknown(name) from None


def unknown(name: str) -> UnknownDatasetError:
    """The error for a name that is neither built in nor a folder."""
    known = ", ".join(REGISTRY)
    return UnknownDatasetError(
        name or "''", "no such data set or folder", f"use one of {known}, or a folder of IDX files"
    )
