package io.kiln.nn.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Puts payloads of at most 64 KiB into frames and takes them out again.
 *
 * <pre>
 * u32 payload length | u32 CRC-32C of length and payload | payload, padded to 8 bytes
 * u32 payload length | 0 | AES-GCM of the padded payload | 16-byte tag    (encrypted)
 * </pre>
 *
 * <p>The nonce of an encrypted frame is its number, counted on both sides, so a frame that is lost,
 * repeated, moved or changed does not open. One instance serves one direction of one connection.
 * Frames between threads of one JVM are neither encrypted nor summed.
 */
final class Frames {
  /** Most bytes in a frame: larger ones make AES-GCM slow on the JVM. */
  static final int MOST_PAYLOAD = 1 << 16;

  static final int HEADER = 8;
  private static final int TAG = 16;

  /** How a frame is protected. */
  enum Protection {
    /** Memory of one JVM. */
    NONE,
    /** Against accidents. */
    CHECKSUM,
    /** Against people. */
    ENCRYPTION
  }

  private final Protection protection;
  private final CRC32C checksum = new CRC32C();
  private final byte[] clear;
  private final byte[] sealed;
  private final byte[] header = new byte[HEADER];
  private final ByteBuffer nonce = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
  private final @Nullable SecretKeySpec key;
  private final Cipher cipher;
  private long count;

  /** Frames of one direction; the key is needed for encryption only. */
  Frames(Protection protection, @Nullable SecretKeySpec key) {
    this.protection = protection;
    boolean encrypt = protection == Protection.ENCRYPTION;
    this.clear = new byte[encrypt ? MOST_PAYLOAD : 0];
    this.sealed = new byte[encrypt ? MOST_PAYLOAD + TAG : 0];
    this.key = key;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("links: this Java lacks AES/GCM/NoPadding", e);
    }
  }

  private static int padded(int length) {
    return (length + 7) & ~7;
  }

  /** Bytes of a whole frame with that payload. */
  int size(int payload) {
    return HEADER + padded(payload) + (protection == Protection.ENCRYPTION ? TAG : 0);
  }

  /** Most bytes of a frame. */
  int mostSize() {
    return size(MOST_PAYLOAD);
  }

  /** Closes the frame whose payload stands at {@code start + HEADER}; returns its end. */
  int seal(ByteBuffer wire, int start, int payload) {
    int room = padded(payload);
    wire.putInt(start, payload).putInt(start + 4, 0);
    for (int i = payload; i < room; i++) {
      wire.put(start + HEADER + i, (byte) 0);
    }
    if (protection == Protection.CHECKSUM) {
      wire.putInt(start + 4, sum(wire, start, room));
    } else if (protection == Protection.ENCRYPTION) {
      wire.get(start + HEADER, clear, 0, room);
      try {
        start(Cipher.ENCRYPT_MODE, wire, start);
        cipher.doFinal(clear, 0, room, sealed, 0);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("links: encryption failed", e);
      }
      wire.put(start + HEADER, sealed, 0, room + TAG);
    }
    return start + size(payload);
  }

  /**
   * The size of the frame that begins at {@code start}, of which the header is there.
   *
   * @throws IOException if the length is not possible
   */
  int sizeAt(ByteBuffer wire, int start) throws IOException {
    int payload = wire.getInt(start);
    if (payload < 0 || payload > MOST_PAYLOAD) {
      throw new IOException("a frame of " + payload + " bytes came; the connection is damaged");
    }
    return size(payload);
  }

  /**
   * Opens the whole frame at {@code start}: its payload then stands at {@code start + HEADER}.
   *
   * @throws IOException if a bit is not as it was sent
   */
  int open(ByteBuffer wire, int start) throws IOException {
    int payload = wire.getInt(start);
    int room = padded(payload);
    if (protection == Protection.CHECKSUM) {
      if (wire.getInt(start + 4) != sum(wire, start, room)) {
        throw new IOException("a frame's checksum is wrong (network hardware?)");
      }
    } else if (protection == Protection.ENCRYPTION) {
      wire.get(start + HEADER, sealed, 0, room + TAG);
      try {
        start(Cipher.DECRYPT_MODE, wire, start);
        cipher.doFinal(sealed, 0, room + TAG, clear, 0);
      } catch (AEADBadTagException e) {
        throw new IOException("a frame was changed, repeated or lost on its way", e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("links: decryption failed", e);
      }
      wire.put(start + HEADER, clear, 0, room);
    }
    return payload;
  }

  private void start(int mode, ByteBuffer wire, int start) throws GeneralSecurityException {
    nonce.putLong(4, count++);
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce.array()));
    wire.get(start, header, 0, HEADER);
    cipher.updateAAD(header);
  }

  /** CRC of the length and the payload, leaving the checksum's own place out. */
  private int sum(ByteBuffer wire, int start, int room) {
    int position = wire.position();
    int limit = wire.limit();
    checksum.reset();
    wire.limit(start + 4).position(start);
    checksum.update(wire);
    wire.limit(start + HEADER + room).position(start + HEADER);
    checksum.update(wire);
    wire.limit(limit).position(position);
    return (int) checksum.getValue();
  }
}
