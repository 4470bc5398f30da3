package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zigma.diffusion.DiffusionCoefficient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {

    static List<String> names() {
        return Samplers.KINDS.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everySamplerCanBeNamed(String name) {
        assertThat(Samplers.of(name, 20).steps()).isEqualTo(20);
        assertThat(Samplers.of(name, 20).label()).isEqualTo(name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everySamplersSpecificationRecreatesIt(String name) {
        Sampler sampler = Samplers.of(name, 20);
        assertThat(sampler.spec()).isEqualTo(new SamplerSpec(name, 20));
        assertThat(sampler.spec().create()).isEqualTo(sampler);
    }

    @Test
    void namesAreFoundInAnyCase() {
        assertThat(Samplers.of("Heun", 10)).isEqualTo(new OdeSampler(OdeMethod.HEUN, 10));
        assertThat(Samplers.of("sde-euler", 10)).isEqualTo(new SdeSampler(SdeMethod.EULER, 10));
    }

    @Test
    void aWrongNameIsAnsweredWithTheRightOnesAndTheNearest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samplers.of("hein", 20))
                .withMessageStartingWith(
                        "there is no sampler 'hein' (did you mean 'heun'?); choose from euler, ab2,");
    }

    @Test
    void optionsReachWhatASamplerHas() {
        Sampler sampler =
                SamplerSpec.parse(
                                "sde-heun",
                                30,
                                List.of(
                                        "diffusion=increasing-decreasing",
                                        "diffusion-norm=2",
                                        "last-step=Tweedie",
                                        "last-step-size=0.1"))
                        .create();
        assertThat(sampler)
                .isEqualTo(
                        new SdeSampler(
                                SdeMethod.HEUN,
                                30,
                                new DiffusionCoefficient.IncreasingDecreasing(2),
                                LastStep.TWEEDIE,
                                0.1));
        assertThat(sampler.spec())
                .hasToString(
                        "sde-heun in 30 steps, diffusion=increasing-decreasing, diffusion-norm=2,"
                                + " last-step=tweedie, last-step-size=0.1");
        assertThat(SamplerSpec.parse("dopri5", 9, List.of("rtol=1e-5", "inverse=true")).create())
                .isEqualTo(new OdeSampler(OdeMethod.DOPRI5, 9, 1e-5, 1e-6, true));
    }

    @Test
    void aStandardValueIsTheSameAsNone() {
        assertThat(SamplerSpec.parse("dopri5", 9, List.of("rtol=0.00100", "atol=1e-6")))
                .isEqualTo(new SamplerSpec("dopri5", 9));
    }

    @Test
    void aWrongOptionIsAnsweredWithTheRightOnesAndTheNearest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplerSpec.parse("dopri5", 9, List.of("rtoll=1")))
                .withMessage(
                        "sampler dopri5 has no option 'rtoll' (did you mean 'rtol'?); choose from"
                                + " rtol, atol, inverse");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplerSpec.parse("dopri5", 9, List.of("rtol=low")))
                .withMessage("sampler dopri5: rtol must be a number from 1.0E-12 to 1, not 'low'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplerSpec.parse("dopri5", 9, List.of("rtol")))
                .withMessage("an option is written NAME=VALUE, not 'rtol'");
    }

    @Test
    void onlyTheAdaptiveMethodCouplesTheSamplesOfABatch() {
        assertThat(names().stream().filter(name -> Samplers.of(name, 2).adaptive()))
                .containsExactly("dopri5");
    }
}
