package io.zigma.zoo;

import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooProvider;
import io.zigma.engine.EngineStart;

/** Provides the {@link ShippedModelZoo} to DJL, which finds it through its service file. */
public final class ShippedZooProvider implements ZooProvider {

    /** Creates the provider; DJL does. */
    public ShippedZooProvider() {}

    @Override
    public ModelZoo getModelZoo() {
        EngineStart.prepare();
        return new ShippedModelZoo();
    }
}
