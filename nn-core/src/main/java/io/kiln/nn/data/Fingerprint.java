package io.kiln.nn.data;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of data as loaded: two runs with the same fingerprint saw the same samples. */
final class Fingerprint {
  private Fingerprint() {}

  /** Of images and labels, part after part. */
  static String of(Images... parts) {
    MessageDigest digest = sha256();
    for (Images images : parts) {
      images.update(digest);
    }
    return hex(digest);
  }

  /** A digest to feed. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** 64 hex digits. */
  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
