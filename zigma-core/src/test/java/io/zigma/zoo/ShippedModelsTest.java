package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Application;
import ai.djl.Device;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ModelZoo;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.ServingProperties;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The models in {@code models/} as DJL's model zoo has them. */
class ShippedModelsTest {

    private static final Path MODELS = Path.of(System.getProperty("zigma.root"), "models");

    private static final GenerationRequest REQUEST =
            GenerationRequest.of("sneaker").withCount(2).withSeed(7).withSteps(2);

    @Test
    void theIndexNamesWhatThereIsToLoad() {
        assertThat(ShippedModels.byName().keySet())
                .isNotEmpty()
                .allMatch(name -> generates(MODELS.resolve(name)))
                .allMatch(name -> isPacked(name, CheckpointFolder.CONFIG))
                .allMatch(name -> isPacked(name, CheckpointFolder.WEIGHTS));
    }

    private static boolean isPacked(String name, String file) {
        return ShippedModels.class.getResource("/io/zigma/models/" + name + "/" + file) != null;
    }

    @Test
    void djlListsThemAsImageGenerators() throws IOException {
        List<MRL> models = ModelZoo.listModels().get(Application.CV.IMAGE_GENERATION);

        assertThat(models)
                .filteredOn(model -> model.getGroupId().equals(ZigMaModelZoo.GROUP_ID))
                .extracting(MRL::getArtifactId)
                .containsExactlyInAnyOrderElementsOf(ShippedModels.byName().keySet());
    }

    @Test
    void everyShippedFolderIsAServingModelDirectory() throws IOException {
        for (String model : ShippedModels.byName().keySet()) {
            assertThat(MODELS.resolve(model).resolve(ServingProperties.NAME))
                    .hasContent(ServingProperties.text());
        }
    }

    @Test
    void theArtifactIdFindsOneAndItsPicturesAreThoseOfTheFolder() throws Exception {
        assertThat(Pictures.of(Pictures.criteria().optArtifactId("fashion").build(), REQUEST))
                .isEqualTo(direct());
    }

    @Test
    void aFilterFindsOne() throws Exception {
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria()
                        .optApplication(Application.CV.IMAGE_GENERATION)
                        .optFilter("dataset", "fashion-mnist")
                        .optFilter("size", "28x28")
                        .build();
        assertThat(Pictures.of(criteria, REQUEST)).isEqualTo(direct());
    }

    @Test
    void aFilterThatNoModelFitsFindsNone() {
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria()
                        .optGroupId(ZigMaModelZoo.GROUP_ID)
                        .optFilter("size", "1024x1024")
                        .build();
        assertThatThrownBy(criteria::loadModel).isInstanceOf(ModelNotFoundException.class);
    }

    private static List<Integer> direct() throws IOException {
        CheckpointFolder fashion = CheckpointFolder.open(MODELS.resolve("fashion"));
        try (ImageGenerator generator = ImageGenerator.load(fashion, Device.cpu())) {
            return Pictures.of(generator.generate(REQUEST));
        }
    }

    private static boolean generates(Path folder) {
        Path config = folder.resolve(CheckpointFolder.CONFIG);
        try {
            return Files.isRegularFile(config)
                    && CheckpointFolder.isDescription(Files.readString(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
