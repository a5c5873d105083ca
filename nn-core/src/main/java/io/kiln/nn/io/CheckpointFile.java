package io.kiln.nn.io;

import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One checkpoint as a safetensors file whose last tensor, {@code digest} U8 [32], is the SHA-256 of
 * every byte before it.
 */
final class CheckpointFile {
  private static final String DIGEST = "digest";
  private static final int DIGEST_BYTES = 32;

  private CheckpointFile() {}

  /**
   * Writes a new file.
   *
   * @return the digest
   */
  static byte[] write(Storage storage, String path, Checkpoint checkpoint) throws IOException {
    Map<String, Tensor> tensors = checkpoint.contents().tensors();
    if (tensors.containsKey(DIGEST)) {
      throw new IllegalArgumentException("checkpoint: a tensor cannot be named " + DIGEST);
    }
    List<TensorEntry> entries = new ArrayList<>(Safetensors.entries(tensors));
    long end = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
    entries.add(
        new TensorEntry(DIGEST, ElementType.U8, Shape.of(DIGEST_BYTES), end, end + DIGEST_BYTES));
    Map<String, String> metadata = new LinkedHashMap<>(checkpoint.contents().metadata());
    metadata.put(Checkpoint.STEP, Long.toString(checkpoint.step()));
    byte[] header = SafetensorsHeader.bytes(entries, metadata);
    MessageDigest sha256 = Digests.sha256();
    try (DigestOutputStream out = new DigestOutputStream(storage.create(path), sha256)) {
      out.write(header);
      for (Tensor tensor : tensors.values()) {
        LittleEndian.write(tensor, out::write);
      }
      out.on(false);
      byte[] digest = sha256.digest();
      out.write(digest);
      return digest;
    }
  }

  /** Reads the file again and compares every byte, by digest, with what was written. */
  static void verify(Storage storage, String path, byte[] written) throws IOException {
    MessageDigest sha256 = Digests.sha256();
    try (FormatInput in = FormatInput.openPlain(storage, path)) {
      byte[] chunk = new byte[1 << 16];
      while (in.left() > DIGEST_BYTES) {
        int count = (int) Math.min(chunk.length, in.left() - DIGEST_BYTES);
        in.fill(chunk, 0, count, "the checkpoint");
        sha256.update(chunk, 0, count);
      }
      byte[] stored = in.bytes(DIGEST_BYTES, "the digest");
      in.end();
      compare(in, sha256.digest(), stored);
      compare(in, written, stored);
    }
  }

  /**
   * Reads and verifies a checkpoint.
   *
   * @throws FormatException if any byte is not what was written, or a number is not finite
   */
  static Checkpoint read(Storage storage, String path) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    CheckpointHead head =
        walk(
            storage,
            path,
            (reader, entry) -> {
              Tensor tensor = reader.read(entry, entry.type().width());
              tensors.put(entry.name(), tensor);
              return reader.nonFinite(entry, tensor, 0);
            });
    return Checkpoint.of(head.step(), tensors, head.metadata());
  }

  /**
   * Verifies a checkpoint and gives what it says of itself; holds no more than a piece of it.
   *
   * @throws FormatException if any byte is not what was written, or a number is not finite
   */
  static CheckpointHead head(Storage storage, String path) throws IOException {
    return walk(storage, path, SafetensorsReader::nonFinite);
  }

  /** Takes each tensor on the way; says what is wrong with its numbers, or null. */
  private interface Visit {
    @Nullable FormatException tensor(SafetensorsReader reader, TensorEntry entry)
        throws IOException;
  }

  private static CheckpointHead walk(Storage storage, String path, Visit visit) throws IOException {
    MessageDigest sha256 = Digests.sha256();
    FormatInput in = FormatInput.openPlain(storage, path, sha256);
    try (SafetensorsReader reader = SafetensorsReader.over(in)) {
      List<TensorEntry> entries = reader.entries();
      int last = entries.size() - 1;
      if (last < 0
          || !entries.get(last).name().equals(DIGEST)
          || entries.get(last).type() != ElementType.U8
          || entries.get(last).shape().count() != DIGEST_BYTES) {
        throw in.wrong(-1, "its last tensor is not digest U8[32]; it is not a checkpoint");
      }
      FormatException wrong = null;
      for (TensorEntry entry : entries.subList(0, last)) {
        FormatException here = visit.tensor(reader, entry);
        wrong = wrong == null ? here : wrong;
      }
      byte[] computed = sha256.digest();
      byte[] stored = in.bytes(DIGEST_BYTES, "the digest");
      in.end();
      compare(in, computed, stored); // A damaged file may hold anything; that comes first.
      if (wrong != null) {
        throw wrong;
      }
      Map<String, String> metadata = new LinkedHashMap<>(reader.metadata());
      String step = metadata.get(Checkpoint.STEP);
      if (step == null || !step.matches("[0-9]{1,18}")) {
        throw in.wrong(-1, "its metadata say step '" + step + "'; it is not a checkpoint");
      }
      return new CheckpointHead(Long.parseLong(step), metadata);
    }
  }

  private static void compare(FormatInput in, byte[] computed, byte[] stored)
      throws FormatException {
    if (!MessageDigest.isEqual(computed, stored)) {
      throw in.wrong(
          -1,
          "its SHA-256 is "
              + Digests.hex(computed)
              + " but "
              + Digests.hex(stored)
              + " was written; it is damaged");
    }
  }
}
