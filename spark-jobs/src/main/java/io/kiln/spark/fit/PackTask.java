package io.kiln.spark.fit;

import io.kiln.nn.collective.PeerException;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.train.DivergedException;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.cluster.GangTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;

/**
 * Several fits of one worker, one after another in one task: they share its slot, its JVM, what the
 * compiler knows by then, and the data. Each is what it would be alone. One that fails is told of,
 * and the others go on.
 *
 * @param fits those that are still to be trained
 * @param numbers of each, by which the driver knows it
 */
record PackTask(ArrayList<FitTask> fits, ArrayList<Integer> numbers) implements GangTask<byte[]> {
  /** Points of the curve of a fit that takes less than a second. */
  private static final int CURVE_POINTS = 100;

  @Override
  public byte[] run(GangContext gang) throws IOException {
    for (int i = 0; i < fits.size() && !gang.stopRequested(); i++) {
      gang.checkAlive();
      int number = numbers.get(i);
      tell(gang, new WorkerMessage.FitBegun(number));
      Telling telling = message -> told(gang, message);
      try {
        FitOutcome.Brought brought = fits.get(i).brought(gang, telling);
        tell(gang, new WorkerMessage.FitDone(number, brought.result()));
      } catch (DivergedException | IllegalArgumentException | FormatException e) {
        if (OutFolder.isAtFault(e)) {
          throw e;
        }
        tell(gang, new WorkerMessage.FitFailed(number, String.valueOf(e.getMessage())));
      } catch (CancellationException | PeerException e) {
        throw e;
      } catch (RuntimeException e) {
        tell(
            gang,
            new WorkerMessage.FitFailed(
                number, "unexpected " + e.getClass().getSimpleName() + ": " + e.getMessage()));
      }
    }
    return new byte[0];
  }

  /**
   * What a fit tells on its way is too much from all of them, but for where they run, and how they
   * went in few points.
   */
  private static void told(GangContext gang, WorkerMessage message) throws IOException {
    if (message instanceof WorkerMessage.Curve curve) {
      tell(gang, new WorkerMessage.Curve(curve.series().few(CURVE_POINTS)));
    } else if (message instanceof WorkerMessage.Ready || message instanceof WorkerMessage.Lost) {
      tell(gang, message);
    }
  }

  private static void tell(GangContext gang, WorkerMessage message) throws IOException {
    gang.report(message.toBytes());
  }
}
