package io.kiln.nn.data;

import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A data set in its parts. A part that was not asked for has no samples.
 *
 * @param train what is learnt from
 * @param validation what choices are made with
 * @param test what is looked at once
 * @param fingerprint SHA-256 over the raw bytes of samples and labels as loaded, 64 hex digits
 * @param fitted what was learnt from the training part (means, class names, vocabulary) as settings
 *     of the data section: put over that section, other data are read in the same way
 * @param notes what the user should know, such as files that were passed over
 */
public record Splits(
    Dataset train,
    Dataset validation,
    Dataset test,
    String fingerprint,
    Map<String, Object> fitted,
    List<String> notes) {
  /** Copies the collections. */
  public Splits {
    fitted = Collections.unmodifiableMap(new LinkedHashMap<>(fitted));
    notes = List.copyOf(notes);
  }

  /** Bytes that the samples take in memory, as far as they could be shared. */
  public long bytes() {
    return bytes(train) + bytes(validation) + bytes(test);
  }

  private static long bytes(Dataset part) {
    return part instanceof Shareable shareable ? shareable.bytes() : 0;
  }

  /**
   * The same parts, of which only the samples of a share can be read; others are not held where
   * that saves memory.
   */
  public Splits share(Share share) {
    return new Splits(
        shared(train, share, true),
        shared(validation, share, false),
        shared(test, share, false),
        fingerprint,
        fitted,
        notes);
  }

  private static Dataset shared(Dataset part, Share share, boolean dealt) {
    if (!(part instanceof Shareable shareable)) {
      return part;
    }
    BitSet samples = new BitSet();
    for (int shard = share.first(); shard < share.end(); shard++) {
      int n = part.size();
      for (int sample : dealt ? share.dealt(n, shard) : share.range(n, shard)) {
        samples.set(sample);
      }
    }
    return shareable.share(samples);
  }
}
