package io.kiln.nn.data;

import java.util.List;

/**
 * Samples for a model that is already trained: to be judged, or to be labelled.
 *
 * @param data the samples in the order of their files
 * @param labelled whether the targets are true ones; otherwise they are all 0
 * @param ids what each sample is called, such as its file; empty if they are only numbered
 */
public record Samples(Dataset data, boolean labelled, List<String> ids) {
  /** Copies the list. */
  public Samples {
    ids = List.copyOf(ids);
    if (!ids.isEmpty() && ids.size() != data.size()) {
      throw new IllegalArgumentException(
          "samples: " + ids.size() + " ids came but there are " + data.size() + " samples");
    }
  }
}
