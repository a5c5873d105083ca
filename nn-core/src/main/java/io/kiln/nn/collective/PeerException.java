package io.kiln.nn.collective;

import org.jspecify.annotations.Nullable;

/** A worker cannot be reached, fell silent, left, or speaks out of turn. Trying again may help. */
public final class PeerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int rank;
  private final String host;

  /**
   * Trouble with one peer.
   *
   * @param rank the peer's rank, or -1 if it is not known
   * @param host the peer's host, as far as it is known
   * @param message what came, what was needed
   * @param cause what the network said, if it said anything
   */
  public PeerException(int rank, String host, String message, @Nullable Throwable cause) {
    super("peer " + (rank < 0 ? "?" : rank) + " on " + host + ": " + message, cause);
    this.rank = rank;
    this.host = host;
  }

  /** The peer's rank, or -1 if it is not known. */
  public int rank() {
    return rank;
  }

  /** The peer's host. */
  public String host() {
    return host;
  }
}
