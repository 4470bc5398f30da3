package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.condition.InvalidRequestException;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.engine.EngineStart;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guidance away from a weaker model. */
class AutoguidanceTest {

    private static final GenerationRequest REQUEST =
            GenerationRequest.any().withSeed(3).withSampler("euler", 1).withLatents(true);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = EngineStart.newManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private ImageGenerator generator(BackboneSpec spec, long seed, List<String> labels) {
        Backbone model = spec.create(seed);
        model.initialize(manager);
        CheckpointConfig config =
                new CheckpointConfig(
                        spec,
                        new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                        labels,
                        SamplingDefaults.PLAIN,
                        new JsonObject(),
                        new JsonObject());
        return ImageGenerator.over(model, config, "model " + seed, Device.cpu());
    }

    private ImageGenerator unconditional(long seed) {
        return generator(TinyModels.UNCONDITIONAL, seed, List.of());
    }

    private static float[] sampled(ImageGenerator generator, double scale) {
        return generator
                .generate(REQUEST.withGuidanceScale(scale))
                .get(0)
                .latent()
                .orElseThrow()
                .values();
    }

    @Test
    void aStepGoesFurtherFromTheWeakerModelsThanTheStrongers() {
        float[] strong;
        float[] weak;
        try (ImageGenerator one = unconditional(1);
                ImageGenerator two = unconditional(2)) {
            strong = sampled(one, 1);
            weak = sampled(two, 1);
        }
        try (ImageGenerator guided = unconditional(1).guidedBy(unconditional(2))) {
            float[] both = sampled(guided, 3);
            // one Euler step is linear in the velocity: weak + 3·(strong − weak)
            for (int i = 0; i < both.length; i++) {
                assertThat(both[i]).isCloseTo(weak[i] + 3 * (strong[i] - weak[i]), within(1e-4f));
            }
            assertThat(sampled(guided, 1)).containsExactly(strong);
        }
    }

    @Test
    void theRecipeNamesTheGuideWhereItGuides() {
        try (ImageGenerator guided = unconditional(1).guidedBy(unconditional(2))) {
            assertThat(guided.generate(REQUEST.withGuidanceScale(2)).get(0).recipe().fields())
                    .containsEntry("guide", "model 2");
            assertThat(guided.generate(REQUEST).get(0).recipe().fields())
                    .doesNotContainKey("guide");
        }
    }

    @Test
    void aModelOfOtherConditionsIsNoGuide() {
        try (ImageGenerator one = unconditional(1);
                ImageGenerator classes =
                        generator(TinyModels.CONDITIONAL, 2, List.of("a", "b", "c"))) {
            assertThatThrownBy(() -> one.guidedBy(classes))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("model 2 cannot guide model 1");
        }
    }
}
