"""Result files of tau-bench and tau2-bench, loaded as the conversations of the source `tau-bench`."""
