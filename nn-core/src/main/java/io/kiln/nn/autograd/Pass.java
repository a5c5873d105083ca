package io.kiln.nn.autograd;

import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass forward and back over a recorded step, in pieces: it stops where an op needs a sum over
 * all shards, and goes on when it is given. So a thread can advance any number of shards from stop
 * to stop, and none of them ever waits for another.
 *
 * <p>Order of calls: {@link #begin}, then {@link #advance} until it returns false; then anew. Every
 * {@link AcrossShards} op stops once on the way forward and once on the way back, so passes over
 * tapes of the same network stop at the same places. Allocates nothing over a planned tape.
 */
public final class Pass {
  private final Tape tape;
  private final Var loss;
  private final List<Op> ops;
  private final @Nullable AcrossShards[] shared;
  private int time;
  private boolean halfway;

  /** A pass over what is recorded so far, back from the summed loss. */
  public Pass(Tape tape, Var loss) {
    this.tape = tape;
    this.loss = loss;
    this.ops = tape.ops();
    this.shared = new AcrossShards[ops.size()];
    for (int i = 0; i < shared.length; i++) {
      if (ops.get(i) instanceof AcrossShards op && op.sharedCount() > 0) {
        shared[i] = op;
      }
    }
  }

  /** How many numbers are summed at each stop of a pass over this tape, in order. */
  public static int[] stops(Tape tape) {
    int[] forward =
        tape.ops().stream()
            .mapToInt(op -> op instanceof AcrossShards shared ? shared.sharedCount() : 0)
            .filter(count -> count > 0)
            .toArray();
    int[] all = new int[2 * forward.length];
    for (int i = 0; i < forward.length; i++) {
      all[i] = forward[i];
      all[all.length - 1 - i] = forward[i];
    }
    return all;
  }

  /** Goes to the start, with whatever the leaves hold now. */
  public void begin() {
    time = 0;
    halfway = false;
  }

  /**
   * Runs to the next stop, or to the end; then every leaf has its gradient.
   *
   * @param sum what the last stop was for; null to leave the start
   * @param part where to write what this shard adds to the sum of the next stop
   * @return whether it stopped for a sum
   */
  public boolean advance(@Nullable Tensor sum, Tensor part) {
    int forwards = ops.size();
    for (; time < 2 * forwards; time++) {
      boolean back = time >= forwards;
      int at = back ? 2 * forwards - 1 - time : time;
      Op op = ops.get(at);
      AcrossShards across = shared[at];
      if (time == forwards && !halfway) {
        tape.startBack(loss);
      }
      if (across == null) {
        run(op, back);
      } else if (!halfway) {
        stop(op, across, back, part);
        halfway = true;
        return true;
      } else {
        resume(op, across, back, sum);
        halfway = false;
      }
    }
    tape.endBack();
    return false;
  }

  private void run(Op op, boolean back) {
    if (!back) {
      tape.prepare(op);
      op.forward();
    } else if (Tape.goesBack(op)) {
      op.backward();
    }
  }

  private void stop(Op op, AcrossShards across, boolean back, Tensor part) {
    if (part.count() != across.sharedCount()) {
      throw new IllegalArgumentException(
          "pass: "
              + op.name()
              + " adds "
              + across.sharedCount()
              + " numbers but there is room for "
              + part.count()
              + "; all shards must run the same network");
    }
    if (!back) {
      tape.prepare(op);
      across.forwardPart(part);
    } else if (Tape.goesBack(op)) {
      across.backwardPart(part);
    } else {
      part.fill(0);
    }
  }

  private static void resume(Op op, AcrossShards across, boolean back, @Nullable Tensor sum) {
    if (sum == null) {
      throw new IllegalArgumentException("pass: " + op.name() + " waits for a sum; give it");
    }
    if (!back) {
      across.forwardRest(sum);
    } else if (Tape.goesBack(op)) {
      across.backwardRest(sum);
    }
  }
}
