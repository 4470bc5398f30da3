package io.zigma.convert;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.checkpoint.WeightsFile;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.engine.EngineStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ADM's classifier of noisy pictures in a file of another program, such as {@code
 * 256x256_classifier.pt}, recognised by the names and shapes of its tensors.
 */
public final class ForeignNoisyClassifier {

    private final Path file;
    private final AdmClassifierConfig config;
    private final Map<String, ReadableTensor> state;

    private ForeignNoisyClassifier(
            Path file, AdmClassifierConfig config, Map<String, ReadableTensor> state) {
        this.file = file;
        this.config = config;
        this.state = state;
    }

    /**
     * Finds a classifier.
     *
     * @param checkpoint an open file
     * @param file its path
     * @return the classifier, or nothing if the file holds none
     */
    public static Optional<ForeignNoisyClassifier> in(ForeignCheckpoint checkpoint, Path file) {
        for (Map<String, ReadableTensor> state : checkpoint.states()) {
            Optional<AdmClassifierConfig> config =
                    AdmClassifierConfig.infer(StateDictNames.shapes(state));
            if (config.isPresent()) {
                return Optional.of(new ForeignNoisyClassifier(file, config.get(), state));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns what the shapes say.
     *
     * @return the classifier's specification
     */
    public AdmClassifierConfig config() {
        return config;
    }

    /**
     * Writes the classifier's folder, whole or not at all.
     *
     * @param process whose noise it knows, which the file does not say
     * @param labels one name a class
     * @param folder where to; it must not exist, or be empty
     * @return the new folder
     * @throws IOException if a weight is not finite, the folder is taken, or reading or writing
     *     fails; nothing is left behind then
     */
    public NoisyClassifierFolder convert(DiffusionProcess process, List<String> labels, Path folder)
            throws IOException {
        JsonObject facts = new JsonObject();
        JsonObject training = new JsonObject();
        training.addProperty("imported_from", String.valueOf(file.getFileName()));
        facts.add("training", training);
        try (NDManager manager = EngineStart.newManager(Device.cpu())) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            for (String name : config.create(0).namedParameters().keySet()) {
                ReadableTensor tensor = state.get(name);
                float[] values = tensor.floats();
                WeightsFile.requireFinite(file, name, values);
                weights.put(name, manager.create(values, new Shape(tensor.sides())));
            }
            NewFolder.of(folder)
                    .fill(
                            written ->
                                    NoisyClassifierFolder.write(
                                            written,
                                            config,
                                            process,
                                            labels,
                                            facts,
                                            weights,
                                            card(process)));
        }
        return NoisyClassifierFolder.open(folder);
    }

    private String card(DiffusionProcess process) {
        return """
               # Classifier of noisy pictures

               Imported from %s: %s classes of pictures of %s, the way down of ADM's U-Net
               (Dhariwal and Nichol 2021), %s.
               It guides models of such pictures with the noise of %s.
               """
                .formatted(
                        file.getFileName(),
                        config.classes(),
                        config.sample(),
                        config.summary(),
                        process.description());
    }
}
