package io.kiln.nn.bench;

import java.util.Locale;

/**
 * How fast one case trained.
 *
 * @param name the case
 * @param samplesPerSecond samples trained on a second
 * @param msPerStep milliseconds a step
 * @param threads threads that shared each batch
 * @param blas the BLAS in use
 * @param bytesPerStep bytes of Java heap that a step allocated, over all threads
 * @param activationBytes bytes of the outputs of all ops of a step, one after another
 * @param memoryBytes bytes of all buffers that a step uses: activations, their gradients and
 *     working memory, shared as they live; without parameters and their gradients
 */
public record BenchResult(
    String name,
    double samplesPerSecond,
    double msPerStep,
    int threads,
    String blas,
    double bytesPerStep,
    long activationBytes,
    long memoryBytes) {
  /** One line of JSON. */
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\":\"%s\",\"samples_per_second\":%.1f,\"ms_per_step\":%.4f,\"threads\":%d,"
            + "\"blas\":\"%s\",\"bytes_per_step\":%.0f,\"activation_bytes\":%d,"
            + "\"memory_bytes\":%d}",
        name,
        samplesPerSecond,
        msPerStep,
        threads,
        blas.replace("\\", "\\\\").replace("\"", "\\\""),
        bytesPerStep,
        activationBytes,
        memoryBytes);
  }
}
