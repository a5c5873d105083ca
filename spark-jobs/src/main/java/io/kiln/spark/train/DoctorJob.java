package io.kiln.spark.train;

import io.kiln.spark.cluster.Doctor;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.config.DoctorRequest;
import io.kiln.spark.job.Job;
import java.io.PrintStream;
import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;

/** {@code kiln doctor}: measures the executors and how they speak to each other. */
public final class DoctorJob implements Job<DoctorRequest> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public void run(DoctorRequest request, PrintStream out) throws Exception {
    SparkRuntime runtime = new SparkRuntime("doctor", request.master());
    try (JavaSparkContext spark = runtime.start()) {
      Integer asked = request.workers();
      int workers = asked == null ? Doctor.settledSlots(spark, PATIENCE) : asked;
      GangOptions options = GangOptions.of(spark.getConf(), workers).withSlotTimeout(PATIENCE);
      Doctor.examine(spark, options, runtime.threads(workers)).print(out);
    }
  }
}
