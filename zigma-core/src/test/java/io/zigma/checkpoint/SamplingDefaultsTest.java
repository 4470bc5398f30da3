package io.zigma.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.io.SafetensorsType;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.Recipe;
import io.zigma.sampler.SamplerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingDefaultsTest {

    private static final SamplingDefaults NOISY =
            new SamplingDefaults(
                    new SamplerSpec("ddim", 3, Map.of("eta", "0.50")), GuidanceStrength.NONE);

    @TempDir Path folder;

    @Test
    void optionsOfTheSamplerAreReadAgain() throws CheckpointException {
        assertThat(NOISY.options()).isEqualTo(Map.of("eta", "0.5"));
        assertThat(ConfigJson.readSampling(Fields.of("sampling", ConfigJson.write(NOISY))))
                .isEqualTo(NOISY);
    }

    @Test
    void guidanceInSomeChannelsIsReadAgain() throws CheckpointException {
        SamplingDefaults official =
                new SamplingDefaults("ddim", 3, new GuidanceStrength(4).withChannels(3));
        assertThat(official.guidance()).hasToString("4 in the first 3 channels");
        assertThat(ConfigJson.readSampling(Fields.of("sampling", ConfigJson.write(official))))
                .isEqualTo(official);
    }

    @Test
    void filesWithoutOptionsAreReadAndWrittenAsBefore() throws CheckpointException {
        String before = "{\"sampler\":\"heun\",\"steps\":20,\"guidance_scale\":1.0}";
        assertThat(ConfigJson.write(SamplingDefaults.PLAIN)).hasToString(before);
        assertThat(read(before)).isEqualTo(SamplingDefaults.PLAIN);
    }

    @Test
    void numbersAndTruthsAreOptionsToo() throws CheckpointException {
        assertThat(
                        read("{\"sampler\": \"ddim\", \"steps\": 3, \"sampler_options\": {\"eta\":"
                                        + " 0.5, \"inverse\": false}, \"guidance_scale\": 1}")
                                .spec())
                .isEqualTo(NOISY.spec());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"eta=0.5\"", "{\"eta\": [0.5]}", "{\"eta\": null}"})
    void optionsThatAreNoneAreRefused(String options) {
        assertThatThrownBy(
                        () ->
                                read(
                                        "{\"sampler\": \"ddim\", \"steps\": 3, \"sampler_options\": %s,"
                                                        .formatted(options)
                                                + " \"guidance_scale\": 1}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("sampler_options");
    }

    @Test
    void anOptionThatTheSamplerLacksIsRefusedWhenItIsSampled() {
        SamplingDefaults wrong =
                new SamplingDefaults("ddim", 3, Map.of("etta", "0.5"), GuidanceStrength.NONE);
        assertThatIllegalArgumentException()
                .isThrownBy(wrong::spec)
                .withMessageContaining("did you mean 'eta'");
    }

    @Test
    void whoeverLeavesTheSamplerOpenGetsTheCheckpointsWithItsOptions() throws IOException {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        TinyCheckpoints.write(plain, TinyModels.CONDITIONAL, 4);
        CheckpointFolder noisy =
                CheckpointFolder.open(plain)
                        .exportTo(
                                folder.resolve("noisy"), SafetensorsType.F32, NOISY, written -> {});
        try (ImageGenerator generator = ImageGenerator.load(noisy, Device.cpu())) {
            GenerationRequest open = GenerationRequest.of(1).withSeed(3);
            assertThat(recipe(generator, open).samplerOptions()).isEqualTo(Map.of("eta", "0.5"));
            assertThat(recipe(generator, open.withSteps(5)).samplerOptions())
                    .isEqualTo(Map.of("eta", "0.5"));
            assertThat(recipe(generator, open.withSampler("ddim", 5)).samplerOptions())
                    .as("of a sampler that is named")
                    .isEmpty();
        }
    }

    private static Recipe recipe(ImageGenerator generator, GenerationRequest request) {
        return generator.generate(request).get(0).recipe();
    }

    private static SamplingDefaults read(String json) throws CheckpointException {
        return ConfigJson.readSampling(
                Fields.of("sampling", JsonParser.parseString(json).getAsJsonObject()));
    }
}
