package io.zigma.zoo;

import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooProvider;
import io.zigma.engine.EngineStart;

/** Tells DJL of the {@link ShippedModelZoo}; DJL finds it through its service file. */
public final class ShippedZooProvider implements ZooProvider {

    /** Creates the provider; DJL does. */
    public ShippedZooProvider() {}

    @Override
    public ModelZoo getModelZoo() {
        EngineStart.prepare();
        return new ShippedModelZoo();
    }
}
