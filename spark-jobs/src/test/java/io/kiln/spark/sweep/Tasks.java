package io.kiln.spark.sweep;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Counts how tasks began and ended. */
final class Tasks extends SparkListener {
  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    begun.incrementAndGet();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    ended.incrementAndGet();
  }
}
