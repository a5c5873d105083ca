package io.kiln.spark.config;

import org.jspecify.annotations.Nullable;

/**
 * What {@code kiln doctor} asks for.
 *
 * @param master Spark's master, or null for spark-submit's or this machine
 * @param workers executors to ask for, or null for all that are there
 * @param verbose whether to log what happens inside
 */
public record DoctorRequest(@Nullable String master, @Nullable Integer workers, boolean verbose) {}
