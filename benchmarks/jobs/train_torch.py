"""Train 784,30,10 on MNIST with PyTorch: `python train_torch.py FOLDER EPOCHS` writes model.pt."""

import os
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it
from mnist_files import load

BATCH_SIZE, RATE, L2 = 10, 0.5, 5.0


def accuracy(network: Any, images: Any, labels: Any) -> float:
    with torch.no_grad():
        return float((network(images).argmax(dim=1) == labels).float().mean())


def build() -> Any:
    """A network whose weights begin with a standard deviation of 1/√n_in, and its biases with 1."""
    network = torch.nn.Sequential(torch.nn.Linear(784, 30), torch.nn.Sigmoid(), torch.nn.Linear(30, 10))
    for layer in (network[0], network[2]):
        torch.nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
        torch.nn.init.normal_(layer.bias)
    return network


def main() -> None:
    folder, epochs = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    images, labels, test_images, test_labels = (torch.tensor(array) for array in load(folder))
    images, test_images = images.float() / 255, test_images.float() / 255
    held_out = len(images) // 6
    images, validation_images = images[:-held_out], images[-held_out:]
    labels, validation_labels = labels[:-held_out], labels[-held_out:]
    targets = F.one_hot(labels.long(), 10).float()
    network = build()
    layers = network[0], network[2]
    optimizer = torch.optim.SGD(
        [
            {"params": [layer.weight for layer in layers], "weight_decay": L2 / len(images)},
            {"params": [layer.bias for layer in layers]},
        ],
        lr=RATE,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 - epoch / epochs)
    for epoch in range(epochs):
        for which in torch.randperm(len(images)).split(BATCH_SIZE):
            optimizer.zero_grad()
            z = network(images[which])
            cost = F.binary_cross_entropy_with_logits(z, targets[which], reduction="sum") / len(which)
            cost.backward()
            optimizer.step()
        schedule.step()
        print(epoch + 1, accuracy(network, validation_images, validation_labels), flush=True)
    torch.save(network.state_dict(), "model.pt")
    print("test accuracy", accuracy(network, test_images, test_labels))


if __name__ == "__main__":
    main()
