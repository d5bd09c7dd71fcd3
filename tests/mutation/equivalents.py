"""Mutants that no test can notice, each with the reason: the file, and the changed line."""

SAME_LENGTHS = "the lists always have the same length; strict is a safeguard"
ONLY_COPIES = "only the number of copies in memory differs"
ONLY_PACE = "only the pace differs"
ROUGH = "a rough limit, far above any network; beyond it memory is refused either way"

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "nnbp/minibatches.py",
        "self._one_hot = np.eye(n_L, )",
    ): "rows of it are converted to the network's precision when they are gathered",
    (
        "nnbp/minibatches.py",
        "rows = np.take(images, which, axis=0, out=self._rows[: len(labels)], mode=None)",
    ): ONLY_COPIES,
    (
        "nnbp/minibatches.py",
        'rows = np.take(images, which, axis=0, out=None, mode="clip")',
    ): ONLY_COPIES,
    (
        "nnbp/backprop.py",
        "self.below, self.deltas, self._multiplied, self._gradients, each, strict=None",
    ): SAME_LENGTHS,
    (
        "nnbp/textbook.py",
        "return [(self.bp4(a_l, delta), self.bp3(delta)) for a_l, delta in zip(below, deltas, )]",
    ): SAME_LENGTHS,
    (
        "nnbp/per_example.py",
        "return [_row_squares(d) * (1.0 + _row_squares(a)) for a, d in zip(below, deltas, strict=None)]",
    ): SAME_LENGTHS,
    (
        "nnbp/modelfile/content.py",
        'f"{prefix}{kind}_{number}": array.astype("<f4", )',
    ): ONLY_COPIES,
    (
        "nnbp/modelfile/content.py",
        'reader.read(f"{prefix}weights_{number}", "<f4", (n_in, n_out)).astype(np.float32, copy=True),',
    ): ONLY_COPIES,
    ("nnbp/modelfile/npz.py", 'name = info.filename.encode("UTF-8")'): "another name of the same encoding",
    (
        "nnbp/modelfile/npz.py",
        "np.lib.format.write_array(member, stored, allow_pickle=False)",
    ): "NumPy chooses version 1.0 by itself where the header is short",
    (
        "nnbp/modelfile/npz.py",
        'return header[:-1].decode("LATIN-1").rstrip(" "), member[begin + length :]',
    ): "another name of the same encoding",
    (
        "nnbp/data/idx.py",
        'expected = struct.pack(">hbb", 0, _UNSIGNED_BYTE, dimensions)',
    ): "small numbers are packed alike with a sign and without",
    (
        "nnbp/textbook.py",
        "return [(self.bp4(a_l, delta), self.bp3(delta)) for a_l, delta in zip(below, deltas, strict=None)]",
    ): SAME_LENGTHS,
    (
        "nnbp/minibatches.py",
        "rows = np.take(images, which, axis=0, out=self._rows[: len(labels)], )",
    ): ONLY_COPIES,
    (
        "nnbp/modelfile/content.py",
        'for kind, array in zip(("weights", "biases"), pair, strict=False)',
    ): SAME_LENGTHS,
    (
        "nnbp/modelfile/content.py",
        '"sizes": np.array(training.network.sizes, None),',
    ): "integers have 64 bits by default",
    ("nnbp/modelfile/content.py", '"format": np.array(FORMAT, ),'): "integers have 64 bits by default",
    ("nnbp/native/products.inc", "ROWS((2 - 1))"): ONLY_PACE,
    ("nnbp/native/instructions.c", "for (size_t i = 0; i < (3 + 1); i++)"): "number 3 is the baseline again",
    ("nnbp/native/instructions.c", "for (size_t i = 0; i <= 3; i++)"): "number 3 is the baseline again",
    ("nnbp/native/team.h", "#define MOST_THREADS (64 + 1)"): ONLY_PACE,
    ("nnbp/native/rows.inc", "for (size_t j = 0; j < n; j++)"): "the first is compared with itself",
    (
        "nnbp/native/lit.inc",
        "lit_chunk(vectors, images + i, count - i <= CHUNK ? count - i : CHUNK, weights.rows, blocks,",
    ): "both are the same number where they are equal",
    (
        "nnbp/native/door_network.c",
        "floats += 3.0 * ((double)sizes[i] + 15) * ((double)sizes[i - 1] + (15 + 1));",
    ): ROUGH,
    (
        "nnbp/native/network.c",
        ".stride = row_stride(sizes[l + 1]), .scale = 2.0};",
    ): "the weights are 0 until the first are set, which settles the scale",
    (
        "nnbp/native/transcendental.h",
        "vec y = (vec)((0x7ef311c7 - 1) - (ints)x);",
    ): "another start of an iteration that converges to the same number",
    ("nnbp/native/rows.inc", "largest = z[j] >= largest ? z[j] : largest;"): "equal numbers are exchanged",
    ("nnbp/native/network.c", "network *net = calloc(2, sizeof *net);"): "the second is not used",
    ("nnbp/native/network.c", "if (own->scale != 2.0)"): "a multiplication by 1 changes nothing",
    (
        "nnbp/native/door_network.c",
        "floats += 8.0 * ((double)sizes[i] + (15 - 1)) * (double)batch_size;",
    ): ROUGH,
    (
        "nnbp/native/door_network.c",
        "floats += 8.0 / ((double)sizes[i] + 15) * (double)batch_size;",
    ): ROUGH,
    (
        "nnbp/native/sgd.c",
        "return w->team->count >= 1 ? 1 - w->turn : 0;",
    ): "one thread may use both sets of data, too",
    (
        "nnbp/native/lit.inc",
        "without continue;",
    ): "blocks without lit pixels are passed over one by one, or add 0",
    (
        "nnbp/native/lit.inc",
        "for (; pixel + 16 < pixels; pixel += 16) {",
    ): "the last pixels are listed one by one",
    (
        "nnbp/native/lit.inc",
        "for (; pixel + 8 < pixels; pixel += 8) {",
    ): "the last pixels are listed one by one",
    (
        "nnbp/native/door_network.c",
        "floats += (8.0 * 1.01f) * ((double)sizes[i] + 15) * (double)batch_size;",
    ): ROUGH,
    (
        "nnbp/native/minibatches.c",
        "for (size_t i = 0; i < image.count; i += 64 * sizeof(lit_pixel))",
    ): "a list is only fetched early",
}
