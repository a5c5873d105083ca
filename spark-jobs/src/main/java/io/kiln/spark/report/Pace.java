package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.List;

/** How fast the last steps of an epoch were: its first ones may be those of new code. */
final class Pace {
  private static final int MOST = 64;

  private record Mark(long step, long nanos) {}

  private final List<Mark> marks = new ArrayList<>();
  private long began;

  /** An epoch begins. */
  void begin(long nanos) {
    marks.clear();
    began = nanos;
  }

  /** So many steps are done. */
  void step(long step, long nanos) {
    if (marks.size() >= MOST) {
      for (int i = marks.size() - 2; i >= 0; i -= 2) {
        marks.remove(i);
      }
    }
    marks.add(new Mark(step, nanos));
  }

  /** Steps a second over the last third of the time; 0 if too little was told. */
  double late() {
    if (marks.size() < 3) {
      return 0;
    }
    Mark last = marks.get(marks.size() - 1);
    long from = began + (last.nanos - began) * 2 / 3;
    for (Mark mark : marks) {
      if (mark.nanos >= from && last.nanos > mark.nanos) {
        return (last.step - mark.step) * 1e9 / (last.nanos - mark.nanos);
      }
    }
    return 0;
  }
}
