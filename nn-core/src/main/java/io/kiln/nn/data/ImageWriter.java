package io.kiln.nn.data;

/** Makes of an image's bytes what a network is given: varied and normalised. */
interface ImageWriter {
  /** Shapes of what is written. */
  SampleSpec spec();

  /**
   * Writes one image into row {@code row} of the first input of a batch.
   *
   * @param pixels array in which the image begins at {@code from}
   * @param sample with {@link Batch#epoch} the key of what is random
   */
  void write(byte[] pixels, int from, long sample, Batch batch, int row);
}
