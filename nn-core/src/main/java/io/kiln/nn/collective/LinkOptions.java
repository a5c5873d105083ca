package io.kiln.nn.collective;

import java.time.Duration;

/**
 * How workers talk to each other.
 *
 * @param encrypt AES-GCM on every frame; without it frames carry a checksum (CRC-32C)
 * @param ports where listeners may be
 * @param startTimeout how long workers wait for each other at the beginning
 * @param readDeadline how long a call of a collective may make no progress before the silent peer
 *     is taken for lost; above the longest time one worker may need more than another
 * @param shares whether processes of one machine may exchange through shared memory
 */
public record LinkOptions(
    boolean encrypt,
    PortRange ports,
    Duration startTimeout,
    Duration readDeadline,
    boolean shares) {
  /** How long a connection may take to prove that it knows the key. */
  static final Duration PROOF_TIMEOUT = Duration.ofSeconds(3);

  /** Ports from (inclusive) to (inclusive); 0 to 0 means any free port. */
  public record PortRange(int from, int to) {
    /** Any free port. */
    public static final PortRange ANY = new PortRange(0, 0);

    /** Checks the range. */
    public PortRange {
      boolean any = from == 0 && to == 0;
      if (!any && (from < 1 || to > 65535 || from > to)) {
        throw new IllegalArgumentException(
            "ports: "
                + from
                + "-"
                + to
                + " came but two of 1 to 65535 in order are needed, or 0-0");
      }
    }
  }

  /** Whether memory is shared: unless this JVM is told otherwise, {@code -Dkiln.shared=false}. */
  public static final boolean SHARES =
      Boolean.parseBoolean(System.getProperty("kiln.shared", "true"));

  /** Plain frames, any port, a minute to start, two minutes of silence, shared memory. */
  public static final LinkOptions DEFAULT =
      new LinkOptions(
          false, PortRange.ANY, Duration.ofSeconds(60), Duration.ofSeconds(120), SHARES);

  /** Checks the times. */
  public LinkOptions {
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException(
          "links: start timeout " + startTimeout + " is not positive");
    }
    if (readDeadline.isNegative() || readDeadline.isZero()) {
      throw new IllegalArgumentException(
          "links: read deadline " + readDeadline + " is not positive");
    }
  }

  /** These options with encryption on or off. */
  public LinkOptions withEncrypt(boolean on) {
    return new LinkOptions(on, ports, startTimeout, readDeadline, shares);
  }

  /** These options with other times. */
  public LinkOptions withTimes(Duration start, Duration read) {
    return new LinkOptions(encrypt, ports, start, read, shares);
  }

  /** These options with shared memory allowed or not. */
  public LinkOptions withShares(boolean allowed) {
    return new LinkOptions(encrypt, ports, startTimeout, readDeadline, allowed);
  }
}
