"""The command line: the only package with click, tqdm, standard output, exit statuses and signals."""
