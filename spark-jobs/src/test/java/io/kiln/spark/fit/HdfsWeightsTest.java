package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pretrained weights on an HDFS of one node. */
@Tag("hdfs")
class HdfsWeightsTest {
  @Test
  void weightsAreReadFromWhereTheDataAre(@TempDir Path folder) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    try (MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(configuration).numDataNodes(1).build()) {
      HadoopStorage storage = new HadoopStorage(cluster.getConfiguration(0));
      String root = cluster.getURI() + "/data";
      Map<String, Object> data = Map.of("format", "synthetic", "train", 20, "test", 0);
      SampleSpec spec = WholeData.of(data, root, storage).facts().spec();
      Map<String, Tensor> values = new HashMap<>();
      FitPlan fresh = FitPlan.of(config(data, Map.of()), spec, 1, storage, root);
      for (String name : List.of("1.weight", "1.bias")) {
        Tensor value = fresh.network().params().value(name).copy();
        value.fill(0.125);
        values.put(name, value);
      }
      Safetensors.write(storage, root + "/w.safetensors", new NamedTensors(values, Map.of()));

      Map<String, Object> weights = Map.of("path", "w.safetensors");
      RunConfig below = config(data, Map.of("weights", weights));
      FitPlan plan = FitPlan.of(below, spec, 1, storage, root);
      assertThat(plan.network().params().values().toArray()).containsOnly(0.125);
      RunConfig whole = config(data, Map.of("weights", Map.of("path", root + "/w.safetensors")));
      assertThat(FitPlan.of(whole, spec, 1, storage, "/local").network().params().value("1.bias"))
          .extracting(value -> value.get(3))
          .isEqualTo(0.125);
    }
  }

  private static RunConfig config(Map<String, Object> data, Map<String, Object> model) {
    Map<String, Object> section = new HashMap<>(model);
    section.put("type", "mlp");
    return RunConfig.of(Map.of("data", data, "model", section));
  }
}
