package io.zigma.server.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Listens for clients of HTTP/1.1 whose going away is noticed while their requests are worked on.
 */
public final class WatchedConnector extends ServerConnector {

    /**
     * Listens for a server.
     *
     * @param server whose
     * @param http how HTTP is spoken
     */
    public WatchedConnector(Server server, HttpConfiguration http) {
        super(server, 1, 1, new HttpConnectionFactory(http));
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        WatchedEndPoint endPoint =
                new WatchedEndPoint(channel, selector, key, getScheduler(), getExecutor());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
