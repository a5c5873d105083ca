package io.kiln.spark.fit;

import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again what a file system refuses for a while: a NameNode that restarts must not cost the
 * results of a training.
 *
 * @param waits before the second try, the third, …; after the last one it is given up
 */
public record Patience(List<Duration> waits) {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

  /** A minute. */
  public static final Patience DEFAULT =
      new Patience(
          List.of(
              Duration.ofSeconds(1),
              Duration.ofSeconds(2),
              Duration.ofSeconds(4),
              Duration.ofSeconds(8),
              Duration.ofSeconds(15),
              Duration.ofSeconds(30)));

  /** What may fail. */
  public interface Call<T> {
    /** Makes the call. */
    T run() throws IOException;
  }

  /** Copies the list. */
  public Patience {
    waits = List.copyOf(waits);
  }

  /**
   * Calls until it succeeds.
   *
   * @param what for the log
   * @throws IOException the last one's; that of the first call if it will not change: a file that
   *     is damaged, missing, there already, or not allowed
   */
  public <T> T call(String what, Call<T> call) throws IOException {
    for (int tries = 0; ; tries++) {
      try {
        return call.run();
      } catch (AccessDeniedException
          | FileAlreadyExistsException
          | NoSuchFileException
          | FormatException e) {
        throw e;
      } catch (IOException e) {
        if (tries == waits.size()) {
          throw e;
        }
        Duration wait = waits.get(tries);
        LOG.warn("{} failed, next try in {} s: {}", what, wait.toSeconds(), e.toString());
        pause(wait);
      }
    }
  }

  private static void pause(Duration wait) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a file system");
    }
  }
}
