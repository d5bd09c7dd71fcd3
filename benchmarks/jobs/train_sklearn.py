"""Train 784,30,10 on MNIST with scikit-learn: `python train_sklearn.py FOLDER EPOCHS` writes model.pickle."""

import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from mnist_files import load
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

BATCH_SIZE, RATE, L2 = 10, 0.5, 5.0


def accuracy(classifier: Any, images: Any, labels: Any) -> float:
    return float(np.mean(classifier.predict_proba(images).argmax(axis=1) == labels))


def main() -> None:
    folder, epochs = Path(sys.argv[1]), int(sys.argv[2])
    images, labels, test_images, test_labels = load(folder)
    images, test_images = (np.divide(pixels, 255, dtype=np.float32) for pixels in (images, test_images))
    held_out = len(images) // 6
    images, validation_images = images[:-held_out], images[-held_out:]
    labels, validation_labels = labels[:-held_out], labels[-held_out:]
    # One-hot targets make the outputs sigmoids.
    targets = np.eye(10, dtype=np.int8)[labels]
    warnings.simplefilter("ignore", ConvergenceWarning)  # each fit is one epoch
    classifier = MLPClassifier(
        hidden_layer_sizes=(30,),
        activation="logistic",
        solver="sgd",
        alpha=L2 * BATCH_SIZE / len(images),
        batch_size=BATCH_SIZE,
        momentum=0.0,
        max_iter=1,
        warm_start=True,
    )
    for epoch in range(epochs):
        classifier.set_params(learning_rate_init=RATE * (1 - epoch / epochs))
        classifier.fit(images, targets)
        print(epoch + 1, accuracy(classifier, validation_images, validation_labels), flush=True)
    Path("model.pickle").write_bytes(pickle.dumps(classifier))
    print("test accuracy", accuracy(classifier, test_images, test_labels))


if __name__ == "__main__":
    main()
