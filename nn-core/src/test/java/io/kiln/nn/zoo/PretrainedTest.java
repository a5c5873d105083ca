package io.kiln.nn.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of weights against a small network of layers, by the configuration people write. */
class PretrainedTest {
  private static final SampleSpec SPEC = SampleSpec.classification(Shape.of(2, 5, 5), 3);
  private final MemoryStorage storage = new MemoryStorage();

  private static Map<String, Object> model(int outputs) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put(
        "layers",
        List.of(
            Map.of("name", "conv", "type", "conv2d", "filters", 4, "kernel", 3),
            Map.of("name", "bn", "type", "batch-norm"),
            Map.of("type", "relu"),
            Map.of("type", "global-avg-pool"),
            Map.of("name", "fc", "type", "dense", "units", outputs)));
    return model;
  }

  private Network network(Map<String, Object> model) throws IOException {
    return Models.network(Settings.of("model", model), SPEC, DType.FLOAT32, 7, storage, "/data");
  }

  private Network network(int outputs, Object... weights) throws IOException {
    Map<String, Object> model = model(outputs);
    Map<String, Object> section = new LinkedHashMap<>();
    section.put("path", "w.safetensors");
    for (int i = 0; i < weights.length; i += 2) {
      section.put(String.valueOf(weights[i]), weights[i + 1]);
    }
    model.put("weights", section);
    return network(model);
  }

  /** The values of another network of three outputs, under changed names; null leaves one out. */
  private Map<String, Tensor> save(UnaryOperator<String> renamed) throws IOException {
    Network other =
        Models.network(Settings.of("model", model(3)), SPEC, DType.FLOAT32, 8, storage, "");
    other.params().value("bn.running_mean").fill(0.5);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (Params.Entry entry : other.params().entries()) {
      values.put(entry.name(), other.params().value(entry.name()));
      String name = renamed.apply(entry.name());
      if (!name.isEmpty()) {
        tensors.put(name, other.params().value(entry.name()));
      }
    }
    Safetensors.write(
        storage, "/data/w.safetensors", new NamedTensors(tensors, Map.of("format", "pt")));
    return values;
  }

  private static void assertSame(Network network, Map<String, Tensor> values) {
    values.forEach(
        (name, value) ->
            assertThat(network.params().value(name).toArray()).as(name).isEqualTo(value.toArray()));
  }

  @Test
  void everyValueComesFromTheFile() throws IOException {
    Map<String, Tensor> values = save(name -> name);
    assertSame(network(3), values);
  }

  @Test
  void countsOfBatchesMayBeMissing() throws IOException {
    Map<String, Tensor> values = save(name -> name.endsWith("tracked") ? "" : name);
    assertSame(network(3), values);
  }

  @Test
  void prefixesAreTakenOffAndPutInFront() throws IOException {
    Map<String, Tensor> values = save(name -> "module." + name);
    assertSame(network(3, "strip-prefix", "module."), values);
    assertThatThrownBy(() -> network(3))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "model.weights: 'conv.weight' (and 7 more) of the network are not in"
                + " /data/w.safetensors; the nearest there is 'module.conv.weight'; set"
                + " model.weights.strip-prefix: module.");
    assertThatThrownBy(() -> network(3, "strip-prefix", "model."))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "model.weights.strip-prefix: no name in /data/w.safetensors begins with 'model.'; the"
                + " first is 'module.conv.weight'");
  }

  @Test
  void prefixesOfWrappersAreProposedTogether() throws IOException {
    Map<String, Tensor> values = save(name -> "_orig_mod.module." + name);
    assertThatThrownBy(() -> network(3))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith(
            "; the nearest there is '_orig_mod.module.conv.weight'; set"
                + " model.weights.strip-prefix: _orig_mod.module.");
    assertThatThrownBy(() -> network(3, "strip-prefix", "_orig_mod."))
        .hasMessageEndingWith("set model.weights.strip-prefix: _orig_mod.module.");
    assertSame(network(3, "strip-prefix", "_orig_mod.module."), values);
  }

  @Test
  void aPrefixToTakeOffAndOneToPutInFrontAreProposedTogether() throws IOException {
    Map<String, Tensor> values = save(name -> "module._orig_mod." + name);
    Map<String, Object> inner = model(3);
    inner.put(
        "layers", List.of(Map.of("name", "body", "type", "sequential", "layers", layers(inner))));
    inner.put("weights", Map.of("path", "w.safetensors"));
    assertThatThrownBy(() -> network(inner))
        .hasMessageEndingWith(
            "set model.weights.strip-prefix: module. and model.weights.add-prefix: body.");
    inner.put(
        "weights",
        Map.of("path", "w.safetensors", "strip-prefix", "module.", "add-prefix", "body."));
    assertThat(network(inner).params().value("body.fc.weight").toArray())
        .isEqualTo(tensor(values, "fc.weight").toArray());
  }

  @Test
  void wrappersWithinNamesAreLeftOut() throws IOException {
    Map<String, Tensor> values =
        save(name -> name.replace("conv.", "conv._fsdp_wrapped_module._orig_mod."));
    assertSame(network(3), values);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void weightsThatAreNoNumbersAreNamed(double number) throws IOException {
    Network other = network(model(3));
    other.params().value("fc.weight").set(5, number);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Params.Entry entry : other.params().entries()) {
      tensors.put(entry.name(), other.params().value(entry.name()));
    }
    Safetensors.write(storage, "/data/w.safetensors", new NamedTensors(tensors, Map.of()));
    assertThatThrownBy(() -> network(3))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching(
            "/data/w.safetensors at byte \\d+: 'fc.weight' holds "
                + number
                + " but only finite numbers can be used; .*diverged.*");
    network(3, "except", "fc.*");
  }

  @Test
  void aPrefixCanBeAdded() throws IOException {
    Map<String, Tensor> values = save(name -> name.replace("conv.", ""));
    Map<String, Object> model = model(3);
    model.put("weights", Map.of("path", "w.safetensors"));
    assertThatThrownBy(() -> network(model))
        .hasMessage(
            "model.weights: 'conv.weight' (and 1 more) of the network are not in"
                + " /data/w.safetensors; the nearest there is 'weight'; set"
                + " model.weights.add-prefix: conv.");
    Map<String, Object> inner = model(3);
    inner.put(
        "layers", List.of(Map.of("name", "body", "type", "sequential", "layers", layers(model))));
    inner.put("weights", Map.of("path", "all.safetensors", "add-prefix", "body."));
    Safetensors.write(storage, "/data/all.safetensors", new NamedTensors(values, Map.of()));
    Network network = network(inner);
    assertThat(network.params().value("body.fc.weight").toArray())
        .isEqualTo(tensor(values, "fc.weight").toArray());
  }

  @Test
  void aNameWithinAnotherIsNoPrefixIfBothBelongToTheNetwork() throws IOException {
    // The file of a network of 20 layers for one of 32: conv1.weight is not layer1.3.conv1.weight.
    SampleSpec images = SampleSpec.classification(Shape.of(3, 8, 8), 3);
    Network small = Network.of(Resnet.of(20, 3), images, DType.FLOAT32, 1);
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (Params.Entry entry : small.params().entries()) {
      values.put(entry.name(), small.params().value(entry.name()));
    }
    Safetensors.write(storage, "/20", new NamedTensors(values, Map.of()));
    Map<String, Object> deep = Map.of("type", "resnet32", "weights", Map.of("path", "/20"));
    assertThatThrownBy(
            () -> Models.network(Settings.of("model", deep), images, DType.FLOAT32, 1, storage, ""))
        .hasMessage(
            "model.weights: 'layer1.3.conv1.weight' (and 59 more) of the network are not in /20;"
                + " the nearest there is 'layer1.0.conv1.weight'; to begin it anew put it into"
                + " model.weights.except");
  }

  private static List<?> layers(Map<String, Object> model) {
    return model.get("layers") instanceof List<?> list ? list : List.of();
  }

  private static Tensor tensor(Map<String, Tensor> values, String name) {
    Tensor tensor = values.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(name);
    }
    return tensor;
  }

  @Test
  void aNewHeadBeginsWithTheValuesOfTheSeed() throws IOException {
    Map<String, Tensor> values = save(name -> name);
    Network network = network(5, "except", "fc.*");
    values.remove("fc.weight");
    values.remove("fc.bias");
    assertSame(network, values);
    Network fresh = network(model(5));
    for (String name : List.of("fc.weight", "fc.bias")) {
      assertThat(network.params().value(name).toArray())
          .isEqualTo(fresh.params().value(name).toArray());
    }
  }

  @Test
  void aHeadCanTakeRowsOfTheFile() throws IOException {
    Map<String, Tensor> values = save(name -> name);
    Network two = network(2, "rows", Map.of("fc.*", List.of(2, 0)));
    for (String name : List.of("fc.weight", "fc.bias")) {
      Tensor picked = two.params().value(name);
      Tensor whole = Objects.requireNonNull(values.get(name));
      assertThat(picked.rows(0, 1).toArray()).as(name).isEqualTo(whole.rows(2, 3).toArray());
      assertThat(picked.rows(1, 2).toArray()).as(name).isEqualTo(whole.rows(0, 1).toArray());
    }
    values.remove("fc.weight");
    values.remove("fc.bias");
    assertSame(two, values);
  }

  @Test
  void rowsThatAreNotThereAreRefused() throws IOException {
    save(name -> name);
    assertThatThrownBy(() -> network(2, "rows", Map.of("fc.*", List.of(0, 3))))
        .isInstanceOf(ConfigException.class)
        .hasMessage("model.weights.rows: row 3 of 'fc.weight' came but it has 3 rows");
    assertThatThrownBy(() -> network(2, "rows", Map.of("fd.*", List.of(0, 1))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean 'fc.*'?");
    assertThatThrownBy(() -> network(2, "rows", Map.of("fc.*", List.of(0, 1, 2))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("fc.weight");
    assertThatThrownBy(() -> network(2, "rows", Map.of("fc.*", List.of(-1))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rows from 0 are needed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fc.weight|lin.weight||model.weights: 'fc.weight' of the network is not in"
            + " /data/w.safetensors; the nearest there is 'lin.weight'; to begin it anew put it into"
            + " model.weights.except",
        "fc.weight|lin.weight|fc.weight|model.weights: 'lin.weight' in /data/w.safetensors is not in"
            + " the network; the nearest there is 'fc.weight'; to pass it over put it into"
            + " model.weights.except",
        "none|none|fc.wieght|model.weights.except: 'fc.wieght' fits no name of the network or of"
            + " /data/w.safetensors; did you mean 'fc.weight'?"
      })
  void namesThatDifferAreNamedWithTheNearest(String from, String to, String except, String message)
      throws IOException {
    save(name -> name.replace(from, to));
    Object[] weights = except == null ? new Object[0] : new Object[] {"except", except};
    assertThatThrownBy(() -> network(3, weights))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void shapesThatDifferAreNamed() throws IOException {
    save(name -> name);
    assertThatThrownBy(() -> network(5))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "model.weights: 'fc.weight' is [3, 4] in /data/w.safetensors but [5, 4] in the network"
                + " (and 1 more); to begin it anew put it into model.weights.except");
  }

  @Test
  void aMissingFileSaysWhatToDo() {
    assertThatThrownBy(() -> network(3))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(
            "model.weights: /data/w.safetensors is not there; set KILN_DATA or --data, or correct"
                + " model.weights.path");
  }

  @Test
  void aDamagedFileIsNamedWithTheByte() throws IOException {
    save(name -> name);
    byte[] whole = storage.open("/data/w.safetensors").readAllBytes();
    storage.with("/data/w.safetensors", Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> network(3))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching("/data/w.safetensors at byte \\d+: the tensors need .* truncated");
    storage.with("/data/w.safetensors", "no tensors".getBytes(UTF_8));
    assertThatThrownBy(() -> network(3))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("/data/w.safetensors at byte 0: a header of ");
  }

  @Test
  void theFileCanBePinned() throws IOException {
    Map<String, Tensor> values = save(name -> name);
    String sha256 = Digests.sha256(storage.open("/data/w.safetensors").readAllBytes());
    assertSame(network(3, "sha256", sha256), values);
    assertSame(network(3, "sha256", sha256, "except", "fc.*"), Map.of());
    String other = "0".repeat(64);
    assertThatThrownBy(() -> network(3, "sha256", other))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "/data/w.safetensors: its SHA-256 is "
                + sha256
                + " but "
                + other
                + " is needed (model.weights.sha256); it is another file, or damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16", "F32", "F64", "I32"})
  void numbersOfEveryWidthAreRead(String type) throws IOException {
    Map<String, Object> model =
        Map.of(
            "layers",
            List.of(Map.of("type", "global-avg-pool"), Map.of("type", "dense", "units", 3)),
            "weights",
            Map.of("path", "/n"));
    ByteBuffer data = ByteBuffer.allocate(9 * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 9; i++) {
      switch (type) {
        case "F16" -> data.putShort((short) 0xb800); // −½
        case "BF16" -> data.putShort((short) 0xbf00);
        case "F64" -> data.putDouble(-0.5);
        default -> data.putFloat(-0.5f);
      }
    }
    int bytes = data.position() / 9;
    String header =
        ("{'1.weight':{'dtype':'T','shape':[3,2],'data_offsets':[0,A]},"
                + "'1.bias':{'dtype':'T','shape':[3],'data_offsets':[A,B]}}")
            .replace('\'', '"')
            .replace("T", type)
            .replace("A", String.valueOf(6 * bytes))
            .replace("B]", 9 * bytes + "]");
    ByteBuffer file = ByteBuffer.allocate(8 + header.length() + data.position());
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length()).put(header.getBytes(UTF_8));
    file.put(data.array(), 0, data.position());
    storage.with("/n", file.array());
    if (type.equals("I32")) {
      assertThatThrownBy(() -> network(model))
          .isInstanceOf(FormatException.class)
          .hasMessage("/n: 1.weight is I32 but F16, BF16, F32 or F64 is needed; convert the file");
    } else {
      assertThat(network(model).params().values().toArray()).containsOnly(-0.5).hasSize(9);
    }
  }

  @Test
  void frozenNamesAreChosenByPatterns() throws IOException {
    Map<String, Object> model = model(3);
    model.put("freeze", List.of("*", "!fc.*"));
    Network network = network(model);
    assertThat(network.params().trainableCount()).isEqualTo(15);
    assertThat(network.params().entry("bn.running_var").role())
        .isEqualTo(Params.Role.FROZEN_BUFFER);
    model.put("frozen-statistics", "batch");
    assertThat(network(model).params().entry("bn.running_var").role())
        .isEqualTo(Params.Role.BUFFER);
    model.put("freeze", "conf.*");
    assertThatThrownBy(() -> network(model))
        .isInstanceOf(ConfigException.class)
        .hasMessage("model.freeze: 'conf.*' fits no parameter; did you mean 'conv.*'?");
    model.put("freeze", "*");
    assertThatThrownBy(() -> network(model))
        .isInstanceOf(ConfigException.class)
        .hasMessage("model.freeze: [*] freezes every parameter; leave some to train");
  }

  @Test
  void aNetworkThatDoesNotFitTheSamplesIsAConfigurationMistake() {
    Map<String, Object> model = Map.of("type", "resnet18");
    SampleSpec table = SampleSpec.classification(Shape.of(4), 3);
    assertThatThrownBy(
            () -> Models.network(Settings.of("model", model), table, DType.FLOAT32, 1, storage, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessage("layer conv1: conv2d: x is [1, 4] but rank 4 is needed");
  }
}
