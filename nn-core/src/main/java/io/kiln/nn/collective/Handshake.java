package io.kiln.nn.collective;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/**
 * How two ends of a connection prove to each other that they know the attempt's key.
 *
 * <pre>
 * listener → caller   challenge: magic, 32-byte nonce
 * caller → listener   hello: role, encryption, attempt, own rank, wanted rank, size, 32-byte nonce;
 *                     HMAC-SHA256(key, "caller", challenge, hello)
 * listener → caller   HMAC-SHA256(key, "listener", challenge, hello, caller's proof)
 * </pre>
 *
 * <p>Nothing that depends on the key is sent to somebody who has not proved it first. Both nonces
 * are in both proofs, so nothing can be replayed; ranks, roles and the attempt are too, so no
 * connection can be passed on to another place. The two directions get AES keys of their own
 * (HKDF-SHA256 over both nonces).
 */
final class Handshake {
  static final int CHALLENGE_LENGTH = 36;
  static final int HELLO_LENGTH = 56;
  static final int PROOF_LENGTH = 32;
  static final int NONCE_LENGTH = 32;
  private static final int MAGIC = 0x4b4c4e31; // KLN1

  private static final byte[] CALLER = label("kiln 1 caller");
  private static final byte[] LISTENER = label("kiln 1 listener");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What a connection is for. */
  enum Role {
    /** Between two workers. */
    MESH(1),
    /** From a worker to the driver. */
    CONTROL(2);

    private final byte code;

    Role(int code) {
      this.code = (byte) code;
    }

    private static Role of(int code) throws IOException {
      for (Role role : values()) {
        if (role.code == code) {
          return role;
        }
      }
      throw new IOException("it does not speak Kiln's protocol");
    }
  }

  /** Who calls whom for what. */
  record Hello(Role role, boolean encrypt, int attempt, int rank, int wanted, int size) {
    private byte[] bytes(byte[] nonce) {
      ByteBuffer buffer = ByteBuffer.allocate(HELLO_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      buffer.putInt(MAGIC).put(role.code).put((byte) (encrypt ? 1 : 0));
      buffer.putShort((short) 0).putInt(attempt).putInt(rank).putInt(wanted).putInt(size);
      return buffer.put(nonce).array();
    }

    private static Hello of(byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (buffer.getInt() != MAGIC) {
        throw new IOException("it does not speak Kiln's protocol");
      }
      Role role = Role.of(buffer.get());
      boolean encrypt = buffer.get() == 1;
      buffer.getShort();
      return new Hello(
          role, encrypt, buffer.getInt(), buffer.getInt(), buffer.getInt(), buffer.getInt());
    }
  }

  /** The keys of a proven connection: for what this end sends and for what it receives. */
  record Session(SecretKeySpec sendKey, SecretKeySpec receiveKey) {}

  private Handshake() {}

  private static byte[] label(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] challenge() {
    byte[] nonce = new byte[NONCE_LENGTH];
    RANDOM.nextBytes(nonce);
    return ByteBuffer.allocate(CHALLENGE_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .put(nonce)
        .array();
  }

  /** What the listener makes of a caller's hello and proof. */
  static final class Verdict {
    final Hello hello;
    final byte[] answer;
    final Session session;

    private Verdict(Hello hello, byte[] answer, Session session) {
      this.hello = hello;
      this.answer = answer;
      this.session = session;
    }
  }

  /**
   * Checks a caller's hello and proof.
   *
   * @throws IOException if the proof is wrong or the hello is for somebody else
   */
  static Verdict verify(AttemptKey key, byte[] challenge, byte[] helloAndProof, Hello expected)
      throws IOException {
    byte[] hello = Arrays.copyOf(helloAndProof, HELLO_LENGTH);
    byte[] proof = Arrays.copyOfRange(helloAndProof, HELLO_LENGTH, HELLO_LENGTH + PROOF_LENGTH);
    Hello caller = Hello.of(hello);
    if (caller.attempt() != expected.attempt()) {
      throw new IOException(
          "it is of attempt " + caller.attempt() + " but this is " + expected.attempt());
    }
    if (!MessageDigest.isEqual(proof, key.mac(CALLER, challenge, hello))) {
      throw new IOException("it does not know this attempt's key");
    }
    if (caller.role() != expected.role()
        || caller.encrypt() != expected.encrypt()
        || caller.wanted() != expected.wanted()
        || caller.size() != expected.size()
        || caller.rank() < 0
        || caller.rank() >= expected.size()) {
      throw new IOException(caller + " came but " + expected + " was expected");
    }
    byte[] answer = key.mac(LISTENER, challenge, hello, proof);
    byte[] salt = salt(challenge, hello);
    return new Verdict(
        caller,
        answer,
        new Session(
            aes(key, salt, "kiln 1 listener to caller"),
            aes(key, salt, "kiln 1 caller to listener")));
  }

  private static SecretKeySpec aes(AttemptKey key, byte[] salt, String info) {
    return new SecretKeySpec(key.derive(salt, label(info)), "AES");
  }

  private static byte[] salt(byte[] challenge, byte[] hello) {
    byte[] salt = Arrays.copyOfRange(challenge, 4, 4 + 2 * NONCE_LENGTH);
    System.arraycopy(hello, HELLO_LENGTH - NONCE_LENGTH, salt, NONCE_LENGTH, NONCE_LENGTH);
    return salt;
  }

  /** A connection whose two ends have proved themselves, in blocking mode. */
  record Connected(SocketChannel channel, Session session) {}

  /**
   * Calls a listener and proves to know the key.
   *
   * @param patience for the connection and the proofs together
   * @throws IOException if nobody answers, in time, with a valid proof
   */
  static Connected call(InetSocketAddress address, Hello hello, AttemptKey key, Duration patience)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      long end = System.nanoTime() + patience.toNanos();
      channel.socket().connect(address, millisLeft(end));
      byte[] challenge = read(channel, CHALLENGE_LENGTH, end);
      if (ByteBuffer.wrap(challenge).order(ByteOrder.LITTLE_ENDIAN).getInt() != MAGIC) {
        throw new IOException(address + " does not speak Kiln's protocol");
      }
      byte[] nonce = new byte[NONCE_LENGTH];
      RANDOM.nextBytes(nonce);
      byte[] mine = hello.bytes(nonce);
      byte[] proof = key.mac(CALLER, challenge, mine);
      channel.socket().getOutputStream().write(concat(mine, proof));
      byte[] answer = read(channel, PROOF_LENGTH, end);
      if (!MessageDigest.isEqual(answer, key.mac(LISTENER, challenge, mine, proof))) {
        throw new IOException(address + " does not know this attempt's key");
      }
      byte[] salt = salt(challenge, mine);
      channel.socket().setSoTimeout(0);
      return new Connected(
          channel,
          new Session(
              aes(key, salt, "kiln 1 caller to listener"),
              aes(key, salt, "kiln 1 listener to caller")));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static int millisLeft(long end) throws SocketTimeoutException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  private static byte[] read(SocketChannel channel, int length, long end) throws IOException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      channel.socket().setSoTimeout(millisLeft(end));
      int n = channel.socket().getInputStream().read(bytes, at, length - at);
      if (n < 0) {
        throw new EOFException("the other end refused the connection");
      }
      at += n;
    }
    return bytes;
  }
}
