package io.kiln.nn.collective;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where two workers of one process find each other. */
final class MemoryPipes {
  /** One worker that waits for the other. */
  private static final class Meeting {
    final Selector selector;
    @Nullable Pipe end;

    Meeting(Selector selector) {
      this.selector = selector;
    }
  }

  private static final Map<String, Meeting> WAITING = new HashMap<>();

  private MemoryPipes() {}

  /**
   * This worker's end of the pipe of that name; waits until the other worker asks for its own.
   *
   * @param end when to give up, on {@link System#nanoTime}'s clock
   * @throws IOException if the other does not come in time
   */
  static Pipe meet(String name, Selector selector, long end) throws IOException {
    synchronized (WAITING) {
      Meeting first = WAITING.remove(name);
      if (first != null) {
        Pipe.Memory[] ends = Pipe.Memory.pair(first.selector, selector);
        first.end = ends[0];
        WAITING.notifyAll();
        return ends[1];
      }
      Meeting mine = new Meeting(selector);
      WAITING.put(name, mine);
      try {
        while (true) {
          Pipe made = mine.end;
          if (made != null) {
            return made;
          }
          long left = (end - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            throw new IOException("it did not come in time, though it is in the same process");
          }
          WAITING.wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for it");
      } finally {
        WAITING.remove(name, mine);
      }
    }
  }
}
