package io.kiln.spark.cluster;

/**
 * What a worker reported.
 *
 * @param rank who
 * @param body what; its meaning is the task's own
 */
public record Message(int rank, byte[] body) {}
