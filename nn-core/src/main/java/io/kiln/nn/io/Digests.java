package io.kiln.nn.io;

import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of numbers, texts and files. */
public final class Digests {
  private Digests() {}

  /** SHA-256, as 64 hex digits, of a tensor's numbers as little-endian bytes in their order. */
  public static String sha256(Tensor tensor) {
    MessageDigest digest = sha256();
    update(digest, tensor);
    return hex(digest.digest());
  }

  /** SHA-256, as 64 hex digits, of some bytes. */
  public static String sha256(byte[] bytes) {
    return hex(sha256().digest(bytes));
  }

  /** SHA-256, as 64 hex digits, of a file. */
  public static String sha256(Storage storage, String path) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = storage.open(path)) {
      byte[] chunk = new byte[1 << 16];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
    }
    return hex(digest.digest());
  }

  /** Feeds a tensor's numbers as little-endian bytes. */
  public static void update(MessageDigest digest, Tensor tensor) {
    LittleEndian.<RuntimeException>write(tensor, digest::update);
  }

  /** A fresh digest. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Bytes as hex digits. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
