package io.kiln.spark.fit;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How rank 0 hands over what was trained. */
final class Delivery {
  /** Bytes of a message at most: the control channel has other messages to carry. */
  private static final int PIECE = 1 << 20;

  private Delivery() {}

  static void deliver(
      Network network, RunConfig run, Saving saving, HadoopStorage storage, GangContext gang)
      throws IOException {
    if (saving.keep() instanceof Keep.Folder place) {
      Map<String, Object> data = new LinkedHashMap<>(run.data());
      data.putAll(saving.fitted());
      Patience.DEFAULT.call(
          "writing the model",
          () -> {
            storage.delete(place.folder()); // of an attempt before, or a run that is resumed
            ModelFolder.write(storage, place.folder(), network, run.model(), run.loss(), data);
            return place;
          });
    } else if (saving.keep() instanceof Keep.AtDriver) {
      try (OutputStream out = new BufferedOutputStream(new Pieces(gang), PIECE)) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Params.Entry entry : network.params().entries()) {
          tensors.put(entry.name(), network.params().value(entry.name()));
        }
        Safetensors.write(out, new NamedTensors(tensors, Map.of("format", "pt")));
      }
    }
  }

  /** Bytes on their way to the driver, in order. */
  private static final class Pieces extends OutputStream {
    private final GangContext gang;

    Pieces(GangContext gang) {
      this.gang = gang;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      for (int at = from; at < from + count; at += PIECE) {
        int end = Math.min(from + count, at + PIECE);
        gang.report(WeightsPiece.of(Arrays.copyOfRange(bytes, at, end)));
      }
    }
  }
}
