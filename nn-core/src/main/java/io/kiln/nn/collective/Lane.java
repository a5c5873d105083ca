package io.kiln.nn.collective;

import java.io.Closeable;
import java.io.IOException;

/**
 * Payloads of at most {@value Frames#MOST_PAYLOAD} bytes to and from one peer, in order, without
 * ever blocking. Payloads are written and read where they lie: a lane shows the places.
 *
 * <p>Order of calls to send: {@link #roomAt}, write there, {@link #put}; {@link #push} now and then
 * until {@link #pushed}. To receive: {@link #next}, read at {@link #cameAt}, {@link #taken}; {@link
 * #pull} where there is nothing.
 */
interface Lane extends Closeable {
  /** Where what goes out is written. */
  WireBuffer out();

  /** Position in {@link #out} for the next payload; -1 if there is no room now. */
  int roomAt();

  /** The next payload stands there, that many bytes long. */
  void put(int length);

  /** Moves on what was put; whether anything moved. */
  boolean push() throws IOException;

  /** Whether all that was put is on its way. */
  boolean pushed();

  /** Where what comes in is read. */
  WireBuffer in();

  /**
   * Length of the next payload, -1 if none is there as a whole.
   *
   * @throws IOException if it is not as it was sent
   */
  int next() throws IOException;

  /** Position of the next payload in {@link #in}. */
  int cameAt();

  /** The next payload is done with. */
  void taken();

  /**
   * Looks for more; whether bytes came.
   *
   * @throws IOException if the peer has left
   */
  boolean pull() throws IOException;

  /** Whether it costs nothing to look again and again instead of sleeping. */
  boolean shared();

  /** Of a shared lane: whether something has happened since {@link #roomAt} or {@link #next}. */
  boolean stirs();

  /** Asks to be woken when one could go on receiving or sending; both false: no more. */
  void await(boolean receiving, boolean sending) throws IOException;

  /** Tells the peer that this side has left, and goes on listening. */
  void leave() throws IOException;

  /** After {@link #leave}: whether the peer has left too, and so does not hang. */
  boolean hasLeft();

  @Override
  void close();
}
