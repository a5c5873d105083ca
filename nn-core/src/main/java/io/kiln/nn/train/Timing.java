package io.kiln.nn.train;

/**
 * Where a worker's seconds went.
 *
 * @param compute forward, backward and optimizer
 * @param communicate sums over workers, waiting for the slowest included
 * @param data filling batches
 * @param checkpoint waiting for checkpoints; they are written while training goes on
 * @param total the whole fit
 */
public record Timing(
    double compute, double communicate, double data, double checkpoint, double total) {}
