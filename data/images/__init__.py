"""Images of any kind as the input of a network: read, told apart, prepared as MNIST was made."""
