package io.kiln.nn.io;

import io.kiln.nn.tensor.Tensor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of numbers and texts. */
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
