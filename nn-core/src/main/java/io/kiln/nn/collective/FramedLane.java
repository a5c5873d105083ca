package io.kiln.nn.collective;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Payloads as {@link Frames} through a {@link Pipe}. */
final class FramedLane implements Lane {
  private static final int FRAMES = 4;

  private final Pipe pipe;
  private final Frames sending;
  private final Frames receiving;
  private final WireBuffer out;
  private final WireBuffer in;
  private int end;
  private boolean filling = true;
  private int unread;
  private int opened = -1;

  FramedLane(Pipe pipe, Frames sending, Frames receiving) {
    this.pipe = pipe;
    this.sending = sending;
    this.receiving = receiving;
    this.out = new WireBuffer(FRAMES * sending.mostSize());
    this.in = new WireBuffer(FRAMES * receiving.mostSize());
  }

  /** What the frames go through. */
  Pipe pipe() {
    return pipe;
  }

  @Override
  public WireBuffer out() {
    return out;
  }

  @Override
  public int roomAt() {
    boolean fits = out.bytes.capacity() - end >= sending.mostSize();
    return filling && fits ? end + Frames.HEADER : -1;
  }

  @Override
  public void put(int length) {
    end = sending.seal(out.bytes, end, length);
  }

  @Override
  public boolean push() throws IOException {
    ByteBuffer bytes = out.bytes;
    if (filling && end > 0) {
      bytes.limit(end).position(0);
      filling = false;
    }
    if (filling) {
      return false;
    }
    int n = pipe.write(bytes);
    if (!bytes.hasRemaining()) {
      bytes.clear();
      end = 0;
      filling = true;
    }
    return n > 0;
  }

  @Override
  public boolean pushed() {
    return filling && end == 0;
  }

  @Override
  public WireBuffer in() {
    return in;
  }

  @Override
  public int next() throws IOException {
    ByteBuffer bytes = in.bytes;
    int there = bytes.position() - unread;
    if (there == 0) {
      bytes.clear();
      unread = 0;
      opened = -1;
      return -1;
    }
    if (opened < 0 && there >= Frames.HEADER && there >= receiving.sizeAt(bytes, unread)) {
      opened = receiving.open(bytes, unread);
    }
    return opened;
  }

  @Override
  public int cameAt() {
    return unread + Frames.HEADER;
  }

  @Override
  public void taken() {
    unread += receiving.size(opened);
    opened = -1;
  }

  @Override
  public boolean pull() throws IOException {
    ByteBuffer bytes = in.bytes;
    if (bytes.remaining() == 0 || (unread > 0 && bytes.remaining() < receiving.mostSize())) {
      bytes.flip().position(unread);
      bytes.compact();
      unread = 0;
    }
    int n = pipe.read(bytes);
    if (n < 0) {
      throw new EOFException(Link.LEFT);
    }
    return n > 0;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public boolean stirs() {
    return false;
  }

  @Override
  public void await(boolean receiving, boolean sending) {
    pipe.await(receiving, sending && !pushed());
  }

  @Override
  public void leave() throws IOException {
    pipe.leave();
  }

  @Override
  public boolean hasLeft() {
    try {
      in.bytes.clear(); // what comes now is of no use
      unread = 0;
      return pipe.read(in.bytes) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    pipe.close();
  }
}
