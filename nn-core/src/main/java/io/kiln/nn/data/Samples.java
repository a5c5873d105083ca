package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Samples for a model that is already trained: to be judged, or to be labelled.
 *
 * @param data the samples in the order of their files
 * @param known those of them whose targets are true ones: all, none, or what has a label
 * @param ids what each sample is called, such as its file, or its row where some were left out;
 *     empty if they are numbered from 1
 * @param notes what the user should know, such as rows that were left out
 * @param flaw why they cannot be judged although they have labels, or null
 */
public record Samples(
    Dataset data,
    Dataset known,
    List<String> ids,
    List<String> notes,
    @Nullable FormatException flaw) {
  /** Copies the lists. */
  public Samples {
    ids = List.copyOf(ids);
    notes = List.copyOf(notes);
    if (!ids.isEmpty() && ids.size() != data.size()) {
      throw new IllegalArgumentException(
          "samples: " + ids.size() + " ids came but there are " + data.size() + " samples");
    }
  }

  /** Samples that are all labelled, or none of which is: then all targets are 0. */
  public Samples(Dataset data, boolean labelled, List<String> ids) {
    this(data, labelled ? data : Subset.none(data), ids, List.of(), null);
  }

  /** Whether the targets of all samples are true ones. */
  public boolean labelled() {
    return flaw == null && known.size() == data.size();
  }

  /**
   * The samples that answers can be compared with; none if there are no labels.
   *
   * @throws FormatException if a label is missing or not known
   */
  public Dataset judged() throws FormatException {
    if (flaw != null) {
      throw flaw;
    }
    return known;
  }
}
