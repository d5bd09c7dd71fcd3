"""The command line: the only room with click, tqdm, standard output, exit statuses and signals."""
