package io.kiln.nn.model;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.config.Yaml;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A trained network on storage: {@code model.safetensors} with PyTorch's names, and {@code
 * model.yaml}, from which the network is built again. Neither can hold code.
 */
public final class ModelFolder {
  private static final String WEIGHTS = "model.safetensors";
  private static final String DESCRIPTION = "model.yaml";
  private static final String SWEEP = "sweep.json"; // lies in the folder of a sweep
  private static final int MOST_BYTES = 1 << 30;

  /**
   * A network read back.
   *
   * @param network with its trained values
   * @param loss it was trained with
   * @param data the data section it was trained with, what was fitted on the training set included
   * @param model the section of the network; empty if it was built in Java
   * @param lossSection the section of the loss
   */
  public record Loaded(
      Network network,
      Loss loss,
      Map<String, Object> data,
      Map<String, Object> model,
      Map<String, Object> lossSection) {}

  private ModelFolder() {}

  /**
   * Writes a network.
   *
   * @param folder a new folder
   * @param loss the section of the loss
   * @param data the section of the data, with what was fitted on the training set
   */
  public static void write(
      Storage storage,
      String folder,
      Network network,
      Map<String, Object> model,
      Map<String, Object> loss,
      Map<String, Object> data)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Params.Entry entry : network.params().entries()) {
      tensors.put(entry.name(), network.params().value(entry.name()));
    }
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("kiln-model", 1);
    description.put("precision", network.dtype().label());
    description.put("sample", sample(network.spec()));
    description.put("model", model);
    description.put("loss", loss);
    description.put("data", data);
    byte[] text = Yaml.text(description).getBytes(StandardCharsets.UTF_8);
    if (text.length > MOST_BYTES) {
      throw new ConfigException(
          "model: its description has "
              + text.length
              + " bytes but at most "
              + MOST_BYTES
              + " can be read again; use fewer columns, classes or words");
    }
    Safetensors.write(
        storage, folder + "/" + WEIGHTS, new NamedTensors(tensors, Map.of("format", "pt")));
    try (OutputStream out = storage.create(folder + "/" + DESCRIPTION)) {
      out.write(text);
    }
  }

  private static Map<String, Object> sample(SampleSpec spec) {
    Map<String, Object> sample = new LinkedHashMap<>();
    List<List<Integer>> inputs = new ArrayList<>();
    for (Shape shape : spec.inputs()) {
      inputs.add(sizes(shape));
    }
    sample.put("inputs", inputs);
    sample.put("target", sizes(spec.target()));
    sample.put("classes", spec.classes());
    sample.put("class-names", spec.classNames());
    return sample;
  }

  private static List<Integer> sizes(Shape shape) {
    List<Integer> sizes = new ArrayList<>();
    for (int size : shape.sizes()) {
      sizes.add(size);
    }
    return sizes;
  }

  /**
   * Reads a network.
   *
   * @param path a run folder, its model folder, a sweep folder (its best run is taken), or a
   *     safetensors file that lies beside a model.yaml
   * @throws FormatException if the files are damaged or do not belong together
   */
  public static Loaded read(Storage storage, String path) throws IOException {
    return read(storage, path, null);
  }

  /**
   * Reads a network that was built in Java.
   *
   * @param built of what it was built; null: its folder says it
   */
  public static Loaded read(Storage storage, String path, @Nullable Model built)
      throws IOException {
    String folder = folder(storage, path);
    String weights = path.endsWith(".safetensors") ? path : folder + "/" + WEIGHTS;
    String file = folder + "/" + DESCRIPTION;
    byte[] bytes;
    try (InputStream in = storage.open(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (NoSuchFileException e) {
      if (!path.endsWith(".safetensors")) {
        throw e;
      }
      throw new ConfigException(
          "--model: there is no model.yaml beside "
              + path
              + " that says what network it holds; name it with --net or --config");
    }
    if (bytes.length > MOST_BYTES) {
      throw new FormatException(file, MOST_BYTES, "it is longer than any model's description");
    }
    try {
      Map<String, Object> values = Yaml.written(file, new String(bytes, StandardCharsets.UTF_8));
      Settings settings = Settings.of("", values);
      SampleSpec spec = spec(settings.section("sample"));
      Map<String, Object> section = settings.section("model").values();
      if (built == null && section.isEmpty()) {
        throw new ConfigException(
            "it was built of layers in Java; load it with these: Kiln.load(folder, layers)");
      }
      Model model = built != null ? built : Models.from(settings.section("model"), spec);
      Network network = Network.of(model, spec, DType.of(settings.text("precision")), 0);
      Loss loss = Losses.of(settings.section("loss"));
      fill(network, storage, weights);
      return new Loaded(
          network,
          loss,
          settings.section("data").values(),
          section,
          settings.section("loss").values());
    } catch (IllegalArgumentException e) {
      throw new FormatException(file, -1, e.getMessage() + "; the file does not describe a model");
    }
  }

  /**
   * Copies the two files as they are, without looking into them.
   *
   * @param path as for {@link #read}
   * @param to where a new folder of that name is made
   */
  public static void copy(Storage from, String path, Storage to, String folder) throws IOException {
    String own = folder(from, path);
    String weights = path.endsWith(".safetensors") ? path : own + "/" + WEIGHTS;
    copyFile(from, weights, to, folder + "/" + WEIGHTS);
    copyFile(from, own + "/" + DESCRIPTION, to, folder + "/" + DESCRIPTION);
  }

  private static void copyFile(Storage from, String file, Storage to, String copy)
      throws IOException {
    try (InputStream in = from.open(file);
        OutputStream out = to.create(copy)) {
      in.transferTo(out);
    }
  }

  /** The folder with the description: itself, that of a run, that of a sweep's best run. */
  private static String folder(Storage storage, String path) throws IOException {
    String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (plain.endsWith(".safetensors")) {
      int slash = plain.lastIndexOf('/');
      return slash < 0 ? "." : plain.substring(0, slash);
    }
    Set<String> present = names(storage, plain);
    if (present.isEmpty()) {
      throw new NoSuchFileException(plain);
    }
    for (String folder : List.of(plain, plain + "/model", plain + "/best/model")) {
      if (names(storage, folder).contains(DESCRIPTION)) {
        return folder;
      }
    }
    if (present.contains(SWEEP)) {
      throw new NoSuchFileException(
          "--model: "
              + plain
              + " is a sweep that has no best/ yet; finish it with kiln sweep --resume, or name the"
              + " folder of a run");
    }
    throw new NoSuchFileException(plain + "/model/" + DESCRIPTION);
  }

  private static Set<String> names(Storage storage, String folder) throws IOException {
    try {
      return storage.list(folder).stream().map(Storage.Entry::name).collect(Collectors.toSet());
    } catch (NoSuchFileException e) {
      return Set.of();
    }
  }

  private static SampleSpec spec(Settings sample) {
    List<Shape> inputs = new ArrayList<>();
    if (sample.raw("inputs") instanceof List<?> shapes) {
      for (Object shape : shapes) {
        inputs.add(shape(shape));
      }
    }
    return new SampleSpec(
        inputs,
        shape(sample.raw("target")),
        sample.integer("classes"),
        sample.texts("class-names", List.of()));
  }

  private static Shape shape(@Nullable Object sizes) {
    if (!(sizes instanceof List<?> numbers)) {
      throw new IllegalArgumentException(
          "sample: '" + sizes + "' came but a list of sizes is needed");
    }
    return Shape.of(
        numbers.stream().mapToInt(size -> Integer.parseInt(String.valueOf(size))).toArray());
  }

  /** The file of values in a model folder. */
  public static String weights(String folder) {
    return folder + "/" + WEIGHTS;
  }

  /**
   * Fills a network with the values of a safetensors file.
   *
   * @throws FormatException if it is damaged or of another network
   */
  public static void fill(Network network, Storage storage, String weights) throws IOException {
    fill(network, Safetensors.readFinite(storage, weights, network.dtype()), weights);
  }

  private static void fill(Network network, NamedTensors read, String weights)
      throws FormatException {
    for (Params.Entry entry : network.params().entries()) {
      Tensor tensor = read.tensors().get(entry.name());
      if (tensor == null || !tensor.shape().equals(entry.shape())) {
        throw new FormatException(
            weights,
            -1,
            "'"
                + entry.name()
                + "' is "
                + (tensor == null ? "missing" : tensor.shape())
                + " but "
                + entry.shape()
                + " is needed; it is of another model than model.yaml");
      }
      network.params().value(entry.name()).copyFrom(tensor);
    }
  }
}
