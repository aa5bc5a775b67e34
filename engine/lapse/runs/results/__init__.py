"""The results of a run, whoever decided: relations in, files, counts and sums out."""
