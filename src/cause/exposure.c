/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

const struct cause causes_exposure[] = {
	{
	    .id = "ollama-open-to-all",
	    .link = "exposure",
	    .title = "anyone on the network can use Ollama",
	    .why = "Ollama has no authentication of its own, and its port is bound to all "
		   "interfaces. Docker's "
		   "published ports pass by ufw and firewalld.",
	    .remedy = { "compose|# In {file}: ports: [\"127.0.0.1:11434:11434\"]", "compose|{up}",
			"bare|# without compose: docker rm -f {}, and run it again with "
			"-p 127.0.0.1:11434:11434" },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/faq.mdx",
	    .stands_alone = true,
	},
	{
	    .id = "ollama-service-open-to-all",
	    .link = "exposure",
	    .title = "anyone on the network can use Ollama",
	    .why = "Ollama has no authentication of its own, and the service listens on all "
		   "interfaces.",
	    .remedy = { "!nixos|# In the drop-in: [Service] "
			"Environment=OLLAMA_HOST=127.0.0.1:11434",
			"!nixos|sudo systemctl edit ollama.service",
			"!nixos|sudo systemctl restart ollama.service",
			NIXOS_SET("services.ollama.host = \"127.0.0.1\";") },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/faq.mdx",
	    .stands_alone = true,
	},
	{
	    .id = "service-open-to-all",
	    .link = "exposure",
	    .title = "a service of the stack is open to the network without a password",
	    .why = "Its port is bound to all interfaces, and its own authentication is off. "
		   "Docker's published "
		   "ports pass by ufw and firewalld.",
	    .remedy = { "compose|# In {file}: put 127.0.0.1: before the published port of {}, or "
			"set "
			"its password.",
			"compose|{up}",
			"bare|# without compose: docker rm -f {}, and run it again with 127.0.0.1: "
			"before the published port, or with its password" },
	    .source = "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
	    .stands_alone = true,
	},
	{
	    .id = "docker-socket-on-tcp",
	    .link = "exposure",
	    .title = "the Docker socket is open to the network",
	    .why = "Who can reach this port is root on this machine: it takes no password.",
	    .remedy = { "# Remove the tcp:// entry from \"hosts\" in /etc/docker/daemon.json and "
			"from dockerd's options.",
			"!nixos|# Take the port out of ListenStream= of {}:",
			"!nixos|sudo systemctl edit --full {}",
			NIXOS_SET(
			    "virtualisation.docker.listenOptions = [ \"/run/docker.sock\" ];"),
			"sudo systemctl stop {} docker.service",
			"sudo systemctl restart docker.service" },
	    .source = "https://docs.docker.com/engine/security/protect-access/",
	    .stands_alone = true,
	    .sign = SIGNS({ 95, "without --tlsverify is" }, { 92, "API is accessible on http" },
			  { 75, "tcp://0.0.0.0:2375" }, { 70, "tcp://[::]:2375" },
			  { 60, "tcp://:2375" }),
	},
	{
	    .id = "thunderbolt-dma-open",
	    .link = "exposure",
	    .title = "any Thunderbolt device can read this machine's memory",
	    .why = "The firmware's Thunderbolt security is off, and the IOMMU does not protect "
		   "against DMA. A "
		   "device that is plugged in can read and write all memory without asking.",
	    .remedy = { "# In the firmware setup: enable Kernel DMA Protection (VT-d, AMD-Vi), or "
			"set Thunderbolt "
			"security to user." },
	    .source = "https://docs.kernel.org/admin-guide/thunderbolt.html",
	    .stands_alone = true,
	},
	{ 0 },
};
