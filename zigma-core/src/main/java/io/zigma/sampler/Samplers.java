package io.zigma.sampler;

import io.zigma.base.Registry;

/** The registry of samplers. */
public final class Samplers {

    /** All kinds by name. */
    public static final Registry<SamplerKind> KINDS = kinds();

    private Samplers() {}

    /**
     * Makes a sampler with default settings.
     *
     * @param name one of {@link #KINDS}, in any case
     * @param steps from noise to data; an SDE needs 2, the second being its last
     * @return the sampler
     * @throws IllegalArgumentException if there is none of that name (the message lists all) or
     *     there are too few steps
     */
    public static Sampler of(String name, int steps) {
        return new SamplerSpec(name, steps).create();
    }

    private static Registry<SamplerKind> kinds() {
        Registry<SamplerKind> kinds = new Registry<>("sampler", SamplerKind::name);
        for (OdeMethod method : OdeMethod.values()) {
            kinds.register(new OdeSamplerKind(method));
        }
        for (SdeMethod method : SdeMethod.values()) {
            kinds.register(new SdeSamplerKind(method));
        }
        return kinds.register(AncestralSampler.KIND)
                .register(DdimSampler.KIND)
                .register(DpmSolver.KIND)
                .register(UniPc.KIND);
    }
}
