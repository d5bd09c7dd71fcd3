"""Labels with scikit-learn: `python -m benchmarks.predict.with_sklearn MODEL < IMAGES`."""

import sys
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.predict.script import answer, layers

warnings.simplefilter("ignore", ConvergenceWarning)
network = layers(sys.argv[1])
classifier = MLPClassifier([len(biases) for _, biases in network[:-1]], activation="logistic", max_iter=1)
# A classifier has to be trained before it can be used; one-hot targets make its outputs sigmoids.
classifier.fit(np.zeros((10, 784), np.float32), np.eye(10, dtype=np.int8))
classifier.coefs_ = [weights for weights, _ in network]
classifier.intercepts_ = [biases for _, biases in network]

answer(classifier.predict_proba)
