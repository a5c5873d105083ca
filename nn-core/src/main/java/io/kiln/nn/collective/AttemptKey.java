package io.kiln.nn.collective;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 256-bit secret that makes the workers of one attempt known to each other. The driver makes a
 * new one for every attempt; it never appears in a text, a log or a command line.
 */
public final class AttemptKey {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  private final byte[] secret;

  private AttemptKey(byte[] secret) {
    this.secret = secret;
  }

  /** A new random key. */
  public static AttemptKey random() {
    byte[] bytes = new byte[LENGTH];
    new SecureRandom().nextBytes(bytes);
    return new AttemptKey(bytes);
  }

  /**
   * The key of these bytes, which are copied.
   *
   * @throws IllegalArgumentException if there are not 32 of them
   */
  public static AttemptKey of(byte[] secret) {
    if (secret.length != LENGTH) {
      throw new IllegalArgumentException(
          "attempt key: " + secret.length + " bytes came but " + LENGTH + " are needed");
    }
    return new AttemptKey(secret.clone());
  }

  /** A copy of the secret, for handing it to the workers over a channel that can be trusted. */
  public byte[] secret() {
    return secret.clone();
  }

  /** HMAC-SHA256 of the parts, one after another, under this key. */
  byte[] mac(byte[]... parts) {
    return hmac(secret, parts);
  }

  /** HKDF-SHA256 (RFC 5869) with this key as input, cut to one block of 32 bytes. */
  byte[] derive(byte[] salt, byte[] info) {
    byte[] pseudoRandom = hmac(salt, secret);
    return hmac(pseudoRandom, info, new byte[] {1});
  }

  private static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("attempt key: this Java lacks HmacSHA256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AttemptKey that
        && java.security.MessageDigest.isEqual(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(secret);
  }

  /** Says nothing of the secret. */
  @Override
  public String toString() {
    return "AttemptKey[hidden]";
  }
}
